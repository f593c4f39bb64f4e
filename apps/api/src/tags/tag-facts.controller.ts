import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { idParam } from '../http/id-param.js';
import { pageQuery, type PageQuery, paging } from '../http/list-query.js';
import { setPagingHeaders } from '../http/paging-headers.js';
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
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const cut = paging({ ...query, sort_order: 'desc' }, this.settings.perPage, 'id');
    const { items, total } = await this.facts.historyOf(person, id, cut.skip, cut.take);
    setPagingHeaders(request, reply, cut, total);
    return items.map(viewRevision);
  }
}
