import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { By } from '#persistence/activities.repository.js';
import { REPOSITORY_SORTS } from '#persistence/listing.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Answers } from '../http/answers.js';
import { z } from 'zod';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { VersionOf } from '../http/versioned.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { type ListQuery, namedListQuery, paging, wholePaging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { repositoryView, viewRepository } from '../repositories/repositories.dto.js';
import { statusView } from '../http/status-view.js';
import { NamespaceChangesService } from './namespace-changes.service.js';
import {
  type NamespaceChanges,
  namespaceChanges,
  namespaceView,
  namespacesQuery,
  type NamespacesQuery,
  nameQuery,
  type NewNamespace,
  newNamespace,
  viewNamespace,
} from './namespaces.dto.js';
import { NamespacesService } from './namespaces.service.js';

@ApiTags('namespaces')
@Controller('api/v1/namespaces')
export class NamespacesController {
  constructor(
    private readonly namespaces: NamespacesService,
    private readonly changes: NamespaceChangesService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Decided()
  @Answers(z.array(namespaceView))
  async list(@CurrentUser() person: Person, @Query({ schema: namespacesQuery }) query: NamespacesQuery) {
    const cut = paging(query, this.settings.perPage, 'id');
    return pageOf(cut, await this.namespaces.list(person, cut, query.mine === 'true'), viewNamespace);
  }

  /** Whether a namespace of this name could be made. */
  @Get('validate')
  @Answers(statusView)
  async validate(@Query({ schema: nameQuery }) { name }: { name: string }) {
    const problem = await this.changes.problemOf(name);
    return { messages: problem === null ? {} : { name: [problem] }, valid: problem === null };
  }

  @Get(':id')
  @VersionOf('namespaces')
  @Decided()
  @Answers(namespaceView, { also: [404] })
  async get(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return viewNamespace(await this.namespaces.get(person, id));
  }

  @Get(':id/repositories')
  @Decided()
  @Answers(z.array(repositoryView), { also: [404] })
  async repositories(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: namedListQuery(REPOSITORY_SORTS) }) query: ListQuery<(typeof REPOSITORY_SORTS)[number]>,
  ) {
    const cut = wholePaging(query, this.settings.perPage, 'id');
    return pageOf(cut, await this.namespaces.repositoriesOf(person, id, cut), viewRepository);
  }

  @Post()
  @Answers(namespaceView, { status: 201, also: [404, 422] })
  @HttpCode(201)
  async create(@CurrentUser() person: Person, @CalledBy() by: By, @Body({ schema: newNamespace }) body: NewNamespace) {
    return viewNamespace(await this.changes.create(person, by, body));
  }

  @Put(':id')
  @VersionOf('namespaces')
  @Answers(namespaceView, { also: [404, 422] })
  async update(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @CalledBy() by: By,
    @Body({ schema: namespaceChanges }) body: { namespace: NamespaceChanges },
  ) {
    return viewNamespace(await this.changes.update(person, by, id, body.namespace));
  }
}
