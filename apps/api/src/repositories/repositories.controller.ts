import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { REPOSITORY_SORTS, TAG_SORTS } from '#persistence/listing.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Answers } from '../http/answers.js';
import { z } from 'zod';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { idParam } from '../http/id-param.js';
import { VersionOf } from '../http/versioned.js';
import { type ListQuery, namedListQuery, paging, wholePaging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { tagView, viewTag } from '../tags/tags.dto.js';
import { repositoryView, viewRepository } from './repositories.dto.js';
import { MAX_TAGS, RepositoriesService } from './repositories.service.js';

@ApiTags('repositories')
@Controller('api/v1/repositories')
export class RepositoriesController {
  constructor(
    private readonly repositories: RepositoriesService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Decided()
  @Answers(z.array(repositoryView))
  async list(
    @CurrentUser() person: Person,
    @Query({ schema: namedListQuery(REPOSITORY_SORTS) }) query: ListQuery<(typeof REPOSITORY_SORTS)[number]>,
  ) {
    const cut = paging(query, this.settings.perPage, 'id');
    return pageOf(cut, await this.repositories.list(person, cut), viewRepository);
  }

  @Get(':id')
  @VersionOf('repositories')
  @Decided()
  @Answers(repositoryView, { also: [404] })
  async get(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return viewRepository(await this.repositories.get(person, id));
  }

  @Get(':id/tags')
  @Decided()
  @Answers(z.array(tagView), { also: [404] })
  async tags(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: namedListQuery(TAG_SORTS) }) query: ListQuery<(typeof TAG_SORTS)[number]>,
  ) {
    const cut = wholePaging(query, this.settings.perPage, 'id', MAX_TAGS);
    return pageOf(cut, await this.repositories.tagsOf(person, id, cut), viewTag);
  }

  /** Tags of the same digest are together; the group that was changed last comes first. */
  @Get(':id/tags/grouped')
  @Decided()
  @Answers(z.array(z.array(tagView)), { also: [404] })
  async groupedTags(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return (await this.repositories.groupedTagsOf(person, id)).map((group) => group.map(viewTag));
  }

  @Get(':id/tags/:tag_id')
  @Decided()
  @Answers(tagView, { also: [404] })
  async tag(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Param('tag_id', { schema: idParam }) tagId: number,
  ) {
    return viewTag(await this.repositories.tagOf(person, id, tagId));
  }
}
