import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
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
import { newTokenView, tokenBody, type TokenBody, tokenView, viewToken } from './application-tokens.dto.js';
import { ApplicationTokensService } from './application-tokens.service.js';

@ApiTags('users')
@Controller('api/v1/users')
export class ApplicationTokensController {
  constructor(
    private readonly tokens: ApplicationTokensService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get(':id/application_tokens')
  @Answers(z.array(tokenView), { also: [404] })
  async list(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    return pageOfAll(query, this.settings.perPage, await this.tokens.list(person, id), viewToken);
  }

  @Post(':id/application_tokens')
  @Answers(newTokenView, { status: 201, also: [404, 422] })
  @HttpCode(201)
  async create(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: tokenBody }) body: TokenBody,
  ) {
    const { token, plain } = await this.tokens.create(person, by, id, body);
    return { ...viewToken(token), plain_token: plain };
  }

  @Delete('application_tokens/:id')
  @AnswersNothing([404])
  @HttpCode(204)
  async delete(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
  ): Promise<void> {
    await this.tokens.delete(person, by, id);
  }
}
