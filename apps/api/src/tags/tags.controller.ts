import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TAG_SORTS } from '#persistence/listing.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Answers } from '../http/answers.js';
import { z } from 'zod';
import { AdminOnly, CurrentUser, Decided, type Person } from '../http/access.js';
import { idParam } from '../http/id-param.js';
import { VersionOf } from '../http/versioned.js';
import { listQuery, type ListQuery, paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { pullsQuery, pullsView, tagView, type PullsQuery, viewTag, viewWholeTag } from './tags.dto.js';
import { TagsService } from './tags.service.js';

@ApiTags('tags')
@Controller('api/v1/tags')
export class TagsController {
  constructor(
    private readonly tags: TagsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Answers(z.array(tagView))
  @AdminOnly()
  async list(
    @CurrentUser() person: Person,
    @Query({ schema: listQuery(TAG_SORTS) }) query: ListQuery<(typeof TAG_SORTS)[number]>,
  ) {
    const cut = paging(query, this.settings.perPage, 'id');
    return pageOf(cut, await this.tags.list(person, cut), viewTag);
  }

  @Get(':id')
  @VersionOf('tags')
  @Decided()
  @Answers(tagView, { also: [404] })
  async get(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    const tag = await this.tags.get(person, id);
    return viewWholeTag(tag, await this.tags.findingsOf(tag));
  }

  /** By day (UTC), `from` and `to` included. */
  @Get(':id/pulls')
  @Answers(pullsView, { also: [404] })
  async pulls(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: pullsQuery }) query: PullsQuery,
  ) {
    return this.tags.pullsOf(person, id, query.from, query.to);
  }
}
