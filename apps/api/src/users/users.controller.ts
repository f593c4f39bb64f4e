import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { USER_SORTS } from '#persistence/listing.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { AdminOnly, CurrentUser, type Person } from '../http/access.js';
import { idParam } from '../http/id-param.js';
import { listQuery, type ListQuery, paging } from '../http/list-query.js';
import { setPagingHeaders } from '../http/paging-headers.js';
import { tokenBody, tokenView, userBody, type UserBody, userView, viewToken, viewUser } from './users.dto.js';
import { UsersService } from './users.service.js';

const enabledBody = z.object({ enabled: z.boolean() }).meta({ id: 'UserEnabled' });

@ApiTags('users')
@Controller('api/v1/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Answers(z.array(userView))
  @AdminOnly()
  async list(
    @Query({ schema: listQuery(USER_SORTS) }) query: ListQuery<(typeof USER_SORTS)[number]>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const cut = paging(query, this.settings.perPage, 'id');
    const { items, total } = await this.users.list(cut);
    setPagingHeaders(request, reply, cut, total);
    return items.map(viewUser);
  }

  @Get(':id')
  @Answers(userView, { also: [404] })
  @AdminOnly()
  async get(@Param('id') id: string) {
    return viewUser(await this.users.get(id));
  }

  @Post()
  @Answers(userView, { status: 201, also: [422] })
  @AdminOnly()
  @HttpCode(201)
  async create(@Body({ schema: userBody }) body: { user: UserBody }) {
    return viewUser(await this.users.create(body.user));
  }

  @Put(':id/enabled')
  @Answers(userView, { also: [404] })
  @AdminOnly()
  async enable(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: enabledBody }) body: { enabled: boolean },
  ) {
    return viewUser(await this.users.setEnabled(id, body.enabled));
  }

  @Get(':id/application_tokens')
  @Answers(z.array(tokenView), { also: [404] })
  async tokens(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return (await this.users.tokensOf(person, id)).map(viewToken);
  }

  @Post(':id/application_tokens')
  @Answers(tokenView.extend({ plain_token: z.string() }).meta({ id: 'NewApplicationToken' }), {
    status: 201,
    also: [404, 422],
  })
  @HttpCode(201)
  async createToken(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: tokenBody }) body: { application: string },
  ) {
    const { token, plain } = await this.users.createToken(person, id, body.application);
    return { ...viewToken(token), plain_token: plain };
  }

  @Delete('application_tokens/:id')
  @AnswersNothing([404])
  @HttpCode(204)
  async deleteToken(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number): Promise<void> {
    await this.users.deleteToken(person, id);
  }
}
