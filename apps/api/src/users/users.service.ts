import { Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { User } from '#domain/user/user.entity.js';
import { Identity } from '#identity/identity.js';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import { Database, type Sql } from '#persistence/database.js';
import type { Listed, USER_SORTS } from '#persistence/listing.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Paging } from '../http/list-query.js';
import { orTooMany } from '../http/password-errors.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import type { UserBody, UserChangesBody } from './users.dto.js';

const UNIQUE = { users_username_key: 'username', users_email_key: 'email' };

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly identity: Identity,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
  ) {}

  async list(paging: Paging<(typeof USER_SORTS)[number]>): Promise<Listed<User>> {
    const [items, total] = await this.users.page(paging.skip, paging.take, paging.sort, paging.order);
    return { items, total };
  }

  /** By id or e-mail address. */
  async get(idOrEmail: string): Promise<User> {
    if (idOrEmail.includes('\0')) throw new AppError('not_found', 'Not found');
    const id = /^\d{1,9}$/.test(idOrEmail) ? Number(idOrEmail) : null;
    const user = id === null ? await this.users.findByEmail(idOrEmail.slice(0, 255)) : await this.users.find(id);
    if (user === null) throw new AppError('not_found', 'Not found');
    return user;
  }

  async create(by: By, input: UserBody): Promise<User> {
    // A bot signs in with tokens only.
    const { password } = input;
    const passwordHash = input.bot || password === undefined ? null : await this.hash(password);
    return uniqueOr422(UNIQUE, () =>
      this.users.create(
        {
          username: input.username,
          email: input.email,
          passwordHash,
          displayName: input.display_name ?? null,
          admin: false,
          bot: input.bot,
          service: false,
        },
        (sql, id) => this.activities.record(by, about('user.create', { ...input, id }, { bot: input.bot }), sql),
      ),
    );
  }

  /** A new password ends the logins that clients keep, and what was verified of the old one. */
  async update(by: By, id: number, input: UserChangesBody): Promise<User> {
    const user = await this.get(String(id));
    if (user.service) throw new InvalidError({ username: ['of the service account: it follows the environment'] });
    if (input.username !== undefined && input.username !== user.username) {
      throw new InvalidError({ username: ['can not be changed'] });
    }
    if (input.password !== undefined && user.bot) throw new InvalidError({ password: ['a bot has none'] });
    const { email, password, display_name: displayName } = input;
    const passwordHash = password === undefined ? {} : { passwordHash: await this.hash(password) };
    const told = about('user.update', user, { fields: Object.keys(input) });
    const change = (sql: Sql) => this.users.update(id, { email, displayName, ...passwordHash }, sql);
    await uniqueOr422(UNIQUE, () => this.change(by, told, change));
    return this.get(String(id));
  }

  /**
   * A locked user can do as little as a disabled one, and is meant to come back: when a password may have been stolen.
   * Nothing locks by itself; wrong passwords are throttled by address instead.
   */
  async setLocked(by: By, id: number, locked: boolean): Promise<User> {
    const user = await this.get(String(id));
    if (user.service) throw new AppError('forbidden', 'Authorization fails');
    const told = about(locked ? 'user.update' : 'user.unlock', user, { locked });
    await this.change(by, told, (sql) => this.users.setLocked(id, locked, sql));
    return this.get(String(id));
  }

  /** A disabled user can neither sign in nor get tokens. The service account can not be disabled. */
  async setEnabled(by: By, id: number, enabled: boolean): Promise<User> {
    const user = await this.get(String(id));
    if (user.service) throw new AppError('forbidden', 'Authorization fails');
    const told = about('user.enabled', user, { enabled });
    await this.change(by, told, (sql) => this.users.setEnabled(id, enabled, sql));
    return this.get(String(id));
  }

  /** Both are there, or neither: the change, and that it stands in the activities. */
  private async change(by: By, told: NewActivity, work: (sql: Sql) => Promise<void>): Promise<void> {
    await this.database.transaction(async (sql) => {
      await work(sql);
      await this.activities.record(by, told, sql);
    });
  }

  private async hash(password: string): Promise<string> {
    return orTooMany(() => this.identity.hashPassword(password));
  }
}

function about(
  key: NewActivity['key'],
  user: Pick<User, 'id' | 'username'>,
  details: Record<string, unknown>,
): NewActivity {
  return { key, subjectType: 'user', subjectId: user.id, subjectName: user.username, details };
}
