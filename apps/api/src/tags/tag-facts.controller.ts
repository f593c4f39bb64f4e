import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { idParam } from '../http/id-param.js';
import { pageQuery, type PageQuery, paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { manifestView, referrerView, revisionView, viewManifest, viewReferrer, viewRevision } from './tag-facts.dto.js';
import { TagFactsService } from './tag-facts.service.js';

@ApiTags('tags')
@Controller('api/v1/tags/:id')
export class TagFactsController {
  constructor(
    private readonly facts: TagFactsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get('manifest')
  @Decided()
  @Answers(manifestView, { also: [404] })
  async manifest(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return viewManifest(await this.facts.manifestOf(person, id));
  }

  @Get('referrers')
  @Decided()
  @Answers(z.array(referrerView), { also: [404] })
  async referrers(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return (await this.facts.referrersOf(person, id)).map(viewReferrer);
  }

  @Get('history')
  @Decided()
  @Answers(z.array(revisionView), { also: [404] })
  async history(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    const cut = paging<'id'>({ ...query, sort_order: 'desc' }, this.settings.perPage, 'id');
    return pageOf(cut, await this.facts.historyOf(person, id, cut), viewRevision);
  }
}
