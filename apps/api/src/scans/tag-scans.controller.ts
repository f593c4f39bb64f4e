import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { idParam } from '../http/id-param.js';
import { paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import {
  findingsQuery,
  type FindingsQuery,
  findingView,
  verdictQuery,
  type VerdictQuery,
  verdictView,
  viewFinding,
  viewScannerVerdict,
} from './scans.dto.js';
import { ScansService } from './scans.service.js';

@ApiTags('vulnerabilities')
@Controller('api/v1/tags/:id')
export class TagScansController {
  constructor(
    private readonly scans: ScansService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** What was found in the image, the worst first; of an index, in all its platforms. */
  @Get('vulnerabilities')
  @Decided()
  @Answers(z.array(findingView), { also: [404] })
  async vulnerabilities(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: findingsQuery }) query: FindingsQuery,
  ) {
    const cut = paging({ ...query, sort_order: 'asc' }, this.settings.perPage, 'id');
    return pageOf(cut, await this.scans.findingsOf(person, id, query, cut.skip, cut.take), viewFinding);
  }

  /** Whether the image passes a gate; with reasons. For pipelines. */
  @Get('verdict')
  @Decided()
  @Answers(verdictView, { also: [404] })
  async verdict(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: verdictQuery }) query: VerdictQuery,
  ) {
    const { tag, verdicts, ...judged } = await this.scans.judge(person, id, query);
    const { verdictAt } = tag;
    return {
      ...judged,
      digest: tag.digest,
      state: tag.scanState,
      verdict_at: verdictAt?.toISOString() ?? null,
      age: verdictAt === null ? null : Math.max(0, Math.floor((Date.now() - verdictAt.getTime()) / 1000)),
      scanners: verdicts.map(viewScannerVerdict),
    };
  }
}
