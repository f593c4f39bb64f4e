import { Readable } from 'node:stream';
import { Controller, Get, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { ActivityRow } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { pageOf } from '../http/list-page.js';
import { paging } from '../http/list-query.js';
import { type ActivitiesQuery, activitiesQuery, activityView, MAX_ROWS, viewActivity } from './activities.dto.js';
import { ActivitiesService } from './activities.service.js';

/** The audit log: what was changed, by whom and from where. */
@ApiTags('activities')
@Controller('api/v1/activities')
export class ActivitiesController {
  constructor(
    private readonly activities: ActivitiesService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Answers(z.array(activityView))
  async list(@CurrentUser() person: Person, @Query({ schema: activitiesQuery }) query: ActivitiesQuery) {
    const cut = newestFirst(query, this.settings.perPage);
    const view = (row: ActivityRow) => viewActivity(row, person.admin || row.actorId === person.userId);
    return pageOf(cut, await this.activities.page(person, query, cut), view);
  }

  /** The whole list that the caller may see, or what the filter leaves of it, as a file. */
  @Get('csv')
  @ApiProduces('text/csv')
  @Answers(z.string())
  csv(@CurrentUser() person: Person, @Query({ schema: activitiesQuery }) query: ActivitiesQuery): StreamableFile {
    const stream = Readable.from(this.activities.csv(person, query, newestFirst(query, MAX_ROWS)), {
      encoding: 'utf8',
    });
    return new StreamableFile(stream, { type: 'text/csv', disposition: 'attachment; filename="activities.csv"' });
  }
}

const newestFirst = (query: ActivitiesQuery, perPage: number) =>
  paging<'id'>({ ...query, sort_order: 'desc' }, perPage, 'id');
