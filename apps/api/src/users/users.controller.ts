import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '#domain/errors/app-error.js';
import { mayMakeTokens } from '#domain/policy/token-limits.js';
import type { By } from '#persistence/activities.repository.js';
import { USER_SORTS } from '#persistence/listing.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Answers } from '../http/answers.js';
import { AdminOnly, CurrentUser, type Person } from '../http/access.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { listQuery, type ListQuery, paging } from '../http/list-query.js';
import { setPagingHeaders } from '../http/paging-headers.js';
import { userBody, type UserBody, userChanges, type UserChangesBody, userView, viewUser } from './users.dto.js';
import { UsersService } from './users.service.js';

const lockedBody = z.object({ locked: z.boolean() }).meta({ id: 'UserLocked' });
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
  async create(@CalledBy() by: By, @Body({ schema: userBody }) body: { user: UserBody }) {
    return viewUser(await this.users.create(by, body.user));
  }

  @Put(':id')
  @Answers(userView, { also: [404, 422] })
  @AdminOnly()
  async update(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: userChanges }) body: { user: UserChangesBody },
  ) {
    // Whoever sets a password can sign in with it, after the token has ended too.
    if (body.user.password !== undefined && person.token && !mayMakeTokens(person.token)) {
      throw new AppError('forbidden', 'a token that is restricted or expires sets no passwords');
    }
    return viewUser(await this.users.update(by, id, body.user));
  }

  @Put(':id/locked')
  @Answers(userView, { also: [404] })
  @AdminOnly()
  async lock(
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: lockedBody }) body: { locked: boolean },
  ) {
    return viewUser(await this.users.setLocked(by, id, body.locked));
  }

  @Put(':id/enabled')
  @Answers(userView, { also: [404] })
  @AdminOnly()
  async enable(
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: enabledBody }) body: { enabled: boolean },
  ) {
    return viewUser(await this.users.setEnabled(by, id, body.enabled));
  }
}
