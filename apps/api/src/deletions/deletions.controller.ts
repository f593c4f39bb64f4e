import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { pageQuery, type PageQuery, paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { DeletionRequestsService } from './deletion-requests.service.js';
import {
  accepted,
  deletionView,
  itemView,
  tagsDeletion,
  type TagsDeletion,
  viewDeletion,
  viewItem,
} from './deletions.dto.js';
import { DeletionsService } from './deletions.service.js';

@ApiTags('deletions')
@Controller('api/v1/deletions')
export class DeletionsController {
  constructor(
    private readonly deletions: DeletionsService,
    private readonly requests: DeletionRequestsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Post()
  @Decided()
  @Answers(deletionView, { status: 202, also: [404, 422] })
  @HttpCode(202)
  async create(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Body({ schema: tagsDeletion }) body: TagsDeletion,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return accepted(await this.requests.ofTags(person, by, body), reply);
  }

  @Get()
  @Answers(z.array(deletionView))
  async list(@CurrentUser() person: Person, @Query({ schema: pageQuery }) query: PageQuery) {
    const cut = paging<'id'>({ ...query, sort_order: 'desc' }, this.settings.perPage, 'id');
    return pageOf(cut, await this.deletions.list(person, cut), viewDeletion);
  }

  @Get(':id')
  @Answers(deletionView, { also: [404] })
  async get(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return viewDeletion(await this.deletions.get(person, id));
  }

  @Get(':id/items')
  @Answers(z.array(itemView), { also: [404] })
  async items(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    const cut = paging<'id'>({ ...query, sort_order: 'asc' }, this.settings.perPage, 'id');
    return pageOf(cut, await this.deletions.itemsOf(person, id, cut), viewItem);
  }
}
