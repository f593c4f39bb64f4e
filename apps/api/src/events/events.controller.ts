import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { AdminOnly } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { pageOf } from '../http/list-page.js';
import { paging } from '../http/list-query.js';
import {
  eventDetail,
  eventsQuery,
  type EventsQuery,
  eventView,
  retried,
  retryBody,
  type RetryBody,
  summaryView,
  viewEvent,
  viewSummary,
} from './events.dto.js';
import { EventsService } from './events.service.js';

/** Ids of events outgrow those of other things; what can not be one is 0, which does not exist. */
const eventId = z
  .string()
  .regex(/^\d{1,18}$/)
  .catch('0');

@ApiTags('events')
@AdminOnly()
@Controller('api/v1/events')
export class EventsController {
  constructor(
    private readonly events: EventsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Newest first. */
  @Get()
  @Answers(z.array(eventView))
  async list(@Query({ schema: eventsQuery }) query: EventsQuery) {
    const cut = paging<'received_at'>({ ...query, sort_order: 'desc' }, this.settings.perPage, 'received_at');
    return pageOf(cut, await this.events.list(query, cut), viewEvent);
  }

  @Get('summary')
  @Answers(z.array(summaryView))
  async summary() {
    return (await this.events.summary()).map(viewSummary);
  }

  @Get(':id')
  @Answers(eventDetail, { also: [404] })
  async get(@Param('id', { schema: eventId }) id: string) {
    const row = await this.events.get(id);
    return { ...viewEvent(row), payload: row.payload };
  }

  @Post('retry')
  @Answers(retried)
  @HttpCode(200)
  async retryAll(@Body({ schema: retryBody }) body: RetryBody) {
    return { retried: await this.events.retryAll(body) };
  }

  @Post(':id/retry')
  @Answers(eventView, { also: [404, 409] })
  @HttpCode(200)
  async retry(@Param('id', { schema: eventId }) id: string) {
    return viewEvent(await this.events.retry(id));
  }
}
