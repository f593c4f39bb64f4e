import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { AdminOnly } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { listQuery, type ListQuery, paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { setPagingHeaders } from '../http/paging-headers.js';
import {
  differenceView,
  driftView,
  runView,
  runWithPlanView,
  syncOrder,
  type SyncOrder,
  viewDifference,
  viewDrift,
  viewRun,
  viewRunWithPlan,
} from './syncs.dto.js';
import { SyncsService } from './syncs.service.js';

const SORTS = ['id'] as const;
/** The newest run first, unless asked otherwise. */
const runsQuery = listQuery(SORTS).extend({ sort_order: z.enum(['asc', 'desc']).default('desc') });
const foundQuery = listQuery(SORTS).pick({ page: true, per_page: true, cursor: true, all: true });
type FoundQuery = z.output<typeof foundQuery>;

@ApiTags('syncs')
@AdminOnly()
@Controller('api/v1/registries/:id')
export class SyncsController {
  constructor(
    private readonly syncs: SyncsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Without a body: deep, under the registry's own strategy, or the configured one. Removals need a strategy that allows them. */
  @Post('sync')
  @Answers(runView, { status: 202, also: [404] })
  @HttpCode(202)
  async ask(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: syncOrder }) order: SyncOrder,
    @CalledBy() by: By,
  ) {
    return viewRun(await this.syncs.ask(id, order, by));
  }

  @Get('sync_runs')
  @Answers(z.array(runView), { also: [404] })
  async list(@Param('id', { schema: idParam }) id: number, @Query({ schema: runsQuery }) query: ListQuery<'id'>) {
    const cut = paging(query, this.settings.perPage, 'id');
    return pageOf(cut, await this.syncs.list(id, cut), viewRun);
  }

  @Get('sync_runs/:run')
  @Answers(runWithPlanView, { also: [404] })
  async get(@Param('id', { schema: idParam }) id: number, @Param('run', { schema: idParam }) runId: number) {
    const { run, plan } = await this.syncs.find(id, runId);
    return viewRunWithPlan(run, plan);
  }

  /** What the run found to differ, repaired or not. */
  @Get('sync_runs/:run/differences')
  @Answers(z.array(differenceView), { also: [404] })
  async differences(
    @Param('id', { schema: idParam }) id: number,
    @Param('run', { schema: idParam }) runId: number,
    @Query({ schema: foundQuery }) query: FoundQuery,
  ) {
    const cut = paging<'id'>({ ...query, sort_order: 'asc' }, this.settings.perPage, 'id');
    return pageOf(cut, await this.syncs.differencesOf(id, runId, cut), viewDifference);
  }

  /** Allows the removals that the run's plan holds; each of them is asked for once more before it goes. */
  @Post('sync_runs/:run/approve')
  @Answers(runView, { status: 202, also: [404, 409] })
  @HttpCode(202)
  async approve(
    @Param('id', { schema: idParam }) id: number,
    @Param('run', { schema: idParam }) run: number,
    @CalledBy() by: By,
  ) {
    return viewRun(await this.syncs.approve(id, run, by));
  }

  @Post('sync_runs/:run/cancel')
  @Answers(runView, { also: [404, 409] })
  @HttpCode(200)
  async cancel(
    @Param('id', { schema: idParam }) id: number,
    @Param('run', { schema: idParam }) run: number,
    @CalledBy() by: By,
  ) {
    return viewRun(await this.syncs.cancel(id, run, by));
  }

  /** Brings back what the run removed, and looks whether the registry has it. Answers the run that does it. */
  @Post('sync_runs/:run/undo')
  @Answers(runView, { status: 202, also: [404, 409] })
  @HttpCode(202)
  async undo(
    @Param('id', { schema: idParam }) id: number,
    @Param('run', { schema: idParam }) run: number,
    @CalledBy() by: By,
  ) {
    return viewRun(await this.syncs.undo(id, run, by));
  }

  /** What differs between the catalog and the registry, and why, as far as the newest finished runs know. */
  @Get('drift')
  @Answers(driftView, { also: [404] })
  async drift(
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: foundQuery }) query: FoundQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const cut = paging<'id'>({ ...query, sort_order: 'asc' }, this.settings.perPage, 'id');
    const drift = await this.syncs.drift(id, cut);
    setPagingHeaders(request, reply, cut, drift.found.total);
    return viewDrift(drift);
  }
}
