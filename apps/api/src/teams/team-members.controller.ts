import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { pageOf } from '../http/list-page.js';
import { pageQuery, type PageQuery, wholePaging } from '../http/list-query.js';
import { VersionOf } from '../http/versioned.js';
import { TeamMembersService } from './team-members.service.js';
import { type MemberChanges, memberChanges, memberView, type NewMember, newMember, viewMember } from './teams.dto.js';

@ApiTags('teams')
@Controller('api/v1/teams/:id/members')
export class TeamMembersController {
  constructor(
    private readonly members: TeamMembersService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Answers(z.array(memberView), { also: [404] })
  async list(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    const cut = wholePaging<'id'>({ ...query, sort_order: 'asc' }, this.settings.perPage, 'id');
    return pageOf(cut, await this.members.list(person, id, cut), viewMember);
  }

  @Post()
  @Answers(memberView, { status: 201, also: [404, 422] })
  @HttpCode(201)
  async add(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: newMember }) body: NewMember,
  ) {
    return viewMember(await this.members.add(person, by, id, body));
  }

  @Put(':member_id')
  @VersionOf('team_users', 'member_id')
  @Answers(memberView, { also: [404, 422] })
  async change(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Param('member_id', { schema: idParam }) memberId: number,
    @Body({ schema: memberChanges }) body: MemberChanges,
  ) {
    return viewMember(await this.members.setRole(person, by, id, memberId, body.role));
  }

  @Delete(':member_id')
  @VersionOf('team_users', 'member_id')
  @AnswersNothing([404, 422])
  @HttpCode(204)
  async remove(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Param('member_id', { schema: idParam }) memberId: number,
  ): Promise<void> {
    await this.members.remove(person, by, id, memberId);
  }
}
