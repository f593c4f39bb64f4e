import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentUser, Decided, type Person, Public } from '../http/access.js';
import { Answers } from '../http/answers.js';
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
  constructor(private readonly service: SearchService) {}

  /** Repositories, namespaces, teams and tags that the caller may see, by any part of their names. */
  @Get('search')
  @Decided()
  @Answers(z.array(foundView))
  async search(@CurrentUser() person: Person, @Query({ schema: searchQuery }) query: SearchQuery) {
    return (await this.service.search(person, query)).map(viewFound);
  }

  /** Public repositories, for visitors; 401 where the site does not let them. */
  @Get('explore')
  @Answers(z.array(exploredView))
  @Public()
  async explore(@Query({ schema: exploreQuery }) query: ExploreQuery) {
    return (await this.service.explore(query)).map(viewExplored);
  }
}
