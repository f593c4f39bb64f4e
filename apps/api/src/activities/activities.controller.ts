import { Readable } from 'node:stream';
import { Controller, Get, Inject, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { type ActivitiesQuery, activitiesQuery, activityView, viewActivity } from './activities.dto.js';
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
  async list(
    @CurrentUser() person: Person,
    @Query({ schema: activitiesQuery }) query: ActivitiesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const limit = query.per_page ?? this.settings.perPage;
    const rows = await this.activities.page(person, query, limit);
    if (rows.length === limit) reply.header('X-Next-Cursor', rows.at(-1)!.id);
    return rows.map((row) => viewActivity(row, person.admin || row.actorId === person.userId));
  }

  /** The whole list that the caller may see, or what the filter leaves of it, as a file. */
  @Get('csv')
  @ApiProduces('text/csv')
  @Answers(z.string())
  csv(@CurrentUser() person: Person, @Query({ schema: activitiesQuery }) query: ActivitiesQuery): StreamableFile {
    const stream = Readable.from(this.activities.csv(person, query), { encoding: 'utf8' });
    return new StreamableFile(stream, { type: 'text/csv', disposition: 'attachment; filename="activities.csv"' });
  }
}
