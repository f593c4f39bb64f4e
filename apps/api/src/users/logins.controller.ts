import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { LoginsService } from './logins.service.js';
import { refreshTokenView, viewRefreshToken } from './users.dto.js';

@ApiTags('users')
@Controller('api/v1/users')
export class LoginsController {
  constructor(private readonly logins: LoginsService) {}

  @Get(':id/refresh_tokens')
  @Answers(z.array(refreshTokenView), { also: [404] })
  async list(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return (await this.logins.list(person, id)).map(viewRefreshToken);
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
