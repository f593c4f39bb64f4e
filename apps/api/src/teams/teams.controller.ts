import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { AppError } from '#domain/errors/app-error.js';
import type { By } from '#persistence/activities.repository.js';
import { NAMESPACE_SORTS, TEAM_SORTS } from '#persistence/listing.js';
import type { TeamRow } from '#persistence/teams.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Accepts, Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { VersionOf } from '../http/versioned.js';
import { listQuery, type ListQuery, namedListQuery, paging, wholePaging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { DeletionRequestsService } from '../deletions/deletion-requests.service.js';
import { accepted, deletionView, placePreview, type viewDeletion } from '../deletions/deletions.dto.js';
import { namespaceView, viewNamespace } from '../namespaces/namespaces.dto.js';
import { NamespacesService } from '../namespaces/namespaces.service.js';
import * as dto from './teams.dto.js';
import { TeamsService } from './teams.service.js';

@ApiTags('teams')
@Controller('api/v1/teams')
export class TeamsController {
  constructor(
    private readonly teams: TeamsService,
    private readonly namespaces: NamespacesService,
    private readonly deletions: DeletionRequestsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Answers(z.array(dto.teamView))
  async list(
    @CurrentUser() person: Person,
    @Query({ schema: namedListQuery(TEAM_SORTS) }) query: ListQuery<(typeof TEAM_SORTS)[number]>,
  ) {
    const cut = paging(query, this.settings.perPage, 'id');
    return pageOf(cut, await this.teams.list(person, cut), (team) => this.view(person, team));
  }

  @Get(':id')
  @VersionOf('teams')
  @Answers(dto.teamView, { also: [404] })
  async get(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return this.view(person, await this.teams.get(person, id));
  }

  @Post()
  @Answers(dto.teamView, { status: 201, also: [404, 422] })
  @HttpCode(201)
  async create(@CurrentUser() person: Person, @CalledBy() by: By, @Body({ schema: dto.newTeam }) body: dto.NewTeam) {
    return this.view(person, await this.teams.create(person, by, body));
  }

  @Put(':id')
  @VersionOf('teams')
  @Answers(dto.teamView, { also: [404, 422] })
  async update(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: dto.teamChanges }) body: { team: dto.TeamChanges },
  ) {
    return this.view(person, await this.teams.update(person, by, id, body.team));
  }

  @Get(':id/deletion')
  @Answers(placePreview, { also: [404] })
  async previewDeletion(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return this.deletions.previewTeam(await this.teams.require(person, 'team.delete', id));
  }

  /**
   * `new_team` in the body takes over the namespaces: 204. So it is where they hold nothing. Otherwise they are deleted
   * with all their images, at the registries, and the team last: 202 with the deletion, which workers do.
   */
  @Delete(':id')
  @VersionOf('teams')
  @AnswersNothing([404, 422])
  @Accepts(deletionView)
  @HttpCode(204)
  async delete(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: dto.teamDeletion }) body: dto.TeamDeletion,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReturnType<typeof viewDeletion> | void> {
    const left = await this.teams.delete(person, by, id, body?.new_team);
    if (left === null) return;
    reply.status(202);
    return accepted(await this.deletions.ofTeam(by, left), reply);
  }

  /** Portus's switch for the LDAP groups of a team. This Portus knows no LDAP: it is off. */
  @Post(':id/ldap_check')
  @AnswersNothing([404, 405])
  @HttpCode(204)
  async ldapCheck(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number): Promise<void> {
    await this.teams.require(person, 'team.update', id);
    throw new AppError('method_not_allowed', 'LDAP is not enabled');
  }

  @Get(':id/namespaces')
  @Answers(z.array(namespaceView), { also: [404] })
  async namespacesOf(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: listQuery(NAMESPACE_SORTS) }) query: ListQuery<(typeof NAMESPACE_SORTS)[number]>,
  ) {
    await this.teams.get(person, id);
    const cut = wholePaging(query, this.settings.perPage, 'id');
    return pageOf(cut, await this.namespaces.ofTeam(person, id, cut), viewNamespace);
  }

  private view(person: Person, team: TeamRow) {
    const update = this.teams.may(person, 'team.update', team);
    return dto.viewTeam(team, { update, delete: this.teams.may(person, 'team.delete', team) });
  }
}
