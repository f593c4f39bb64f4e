import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, Decided, type Person, Public } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { pageOf } from '../http/list-page.js';
import { paging } from '../http/list-query.js';
import {
  exploredView,
  type ExploreQuery,
  exploreQuery,
  foundView,
  type SearchQuery,
  searchQuery,
  viewExplored,
  viewFound,
} from './search.dto.js';
import { SearchService } from './search.service.js';

@ApiTags('search')
@Controller('api/v1')
export class SearchController {
  constructor(
    private readonly service: SearchService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Repositories, namespaces, teams and tags that the caller may see, by any part of their names. */
  @Get('search')
  @Decided()
  @Answers(z.array(foundView))
  async search(@CurrentUser() person: Person, @Query({ schema: searchQuery }) query: SearchQuery) {
    return (await this.service.search(person, query)).map(viewFound);
  }

  /** Public repositories by name, for visitors; 401 where the site does not let them. */
  @Get('explore')
  @Answers(z.array(exploredView))
  @Public()
  async explore(@Query({ schema: exploreQuery }) query: ExploreQuery) {
    const { limit, search, ...page } = query;
    const named = { per_page: limit, ...page, search, sort_order: 'asc' } as const;
    const cut = paging<'name'>(named, this.settings.perPage, 'name');
    return pageOf(cut, await this.service.explore(cut), viewExplored);
  }
}
