import { Controller, Delete, Get, HttpCode, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { pageOfAll } from '../http/list-page.js';
import { pageQuery, type PageQuery } from '../http/list-query.js';
import { LoginsService } from './logins.service.js';
import { refreshTokenView, viewRefreshToken } from './users.dto.js';

@ApiTags('users')
@Controller('api/v1/users')
export class LoginsController {
  constructor(
    private readonly logins: LoginsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get(':id/refresh_tokens')
  @Answers(z.array(refreshTokenView), { also: [404] })
  async list(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    return pageOfAll(query, this.settings.perPage, await this.logins.list(person, id), viewRefreshToken);
  }

  @Delete('refresh_tokens/:id')
  @HttpCode(204)
  @AnswersNothing([404])
  async end(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
  ): Promise<void> {
    await this.logins.end(person, by, id);
  }
}
