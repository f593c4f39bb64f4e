import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { cursorQuery, paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { alarmView, viewAlarm } from './retention.dto.js';
import { TagAlarmsService } from './tag-alarms.service.js';

const alarmsQuery = cursorQuery.extend({ state: z.enum(['open', 'all']).default('open') });

@ApiTags('retention')
@Controller('api/v1/tag_alarms')
export class TagAlarmsController {
  constructor(
    private readonly alarms: TagAlarmsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Decided()
  @Answers(z.array(alarmView))
  async list(@CurrentUser() person: Person, @Query({ schema: alarmsQuery }) query: z.output<typeof alarmsQuery>) {
    const cut = paging<'id'>({ ...query, sort_order: 'desc' }, this.settings.perPage, 'id');
    return pageOf(cut, await this.alarms.list(person, query.state === 'open', cut), viewAlarm);
  }

  @Post(':id/rollback')
  @Decided()
  @Answers(alarmView, { also: [404, 409, 422, 503] })
  @HttpCode(200)
  async rollback(@CurrentUser() person: Person, @CalledBy() by: By, @Param('id', { schema: idParam }) id: number) {
    return viewAlarm(await this.alarms.rollback(person, by, id));
  }
}
