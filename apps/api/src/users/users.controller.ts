import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { By } from '#persistence/activities.repository.js';
import { USER_SORTS } from '#persistence/listing.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { AdminOnly, CurrentUser, type Person } from '../http/access.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { VersionOf } from '../http/versioned.js';
import { type ListQuery, namedListQuery, paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import { UserChangesService } from './user-changes.service.js';
import { userBody, type UserBody, userChanges, type UserChangesBody, userView, viewUser } from './users.dto.js';
import { UsersService } from './users.service.js';

const lockedBody = z.object({ locked: z.boolean() }).meta({ id: 'UserLocked' });
const enabledBody = z.object({ enabled: z.boolean() }).meta({ id: 'UserEnabled' });

const usersQuery = namedListQuery(USER_SORTS).extend({
  bot: z.enum(['true', 'false']).optional().describe('only bots, or only people'),
});
interface UsersQuery extends ListQuery<(typeof USER_SORTS)[number]> {
  bot?: 'true' | 'false' | undefined;
}

@ApiTags('users')
@Controller('api/v1/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly changes: UserChangesService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Answers(z.array(userView))
  @AdminOnly()
  async list(@Query({ schema: usersQuery }) query: UsersQuery) {
    const cut = paging(query, this.settings.perPage, 'id');
    const bot = query.bot === undefined ? undefined : query.bot === 'true';
    return pageOf(cut, await this.users.list(cut, bot), viewUser);
  }

  @Get(':id')
  @VersionOf('users')
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
  @VersionOf('users')
  @Answers(userView, { also: [404, 422] })
  @AdminOnly()
  async update(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: userChanges }) body: { user: UserChangesBody },
  ) {
    return viewUser(await this.changes.update(person, by, id, body.user));
  }

  @Delete(':id')
  @VersionOf('users')
  @AnswersNothing([404, 422])
  @AdminOnly()
  @HttpCode(204)
  async delete(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
  ): Promise<void> {
    await this.changes.delete(person, by, id);
  }

  /**
   * A locked user can do as little as a disabled one, and is meant to come back: when a password may have been stolen.
   * Nothing locks by itself; wrong passwords are throttled by address instead.
   */
  @Put(':id/locked')
  @VersionOf('users')
  @Answers(userView, { also: [404] })
  @AdminOnly()
  async lock(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: lockedBody }) body: { locked: boolean },
  ) {
    return viewUser(await this.changes.update(person, by, id, { locked: body.locked }));
  }

  @Put(':id/enabled')
  @VersionOf('users')
  @Answers(userView, { also: [404] })
  @AdminOnly()
  async enable(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: enabledBody }) body: { enabled: boolean },
  ) {
    return viewUser(await this.changes.update(person, by, id, { enabled: body.enabled }));
  }
}
