import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { User } from '#domain/user/user.entity.js';
import { Identity } from '#identity/identity.js';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import type { Listed, USER_SORTS } from '#persistence/listing.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Paging } from '../http/list-query.js';
import { orTooMany } from '../http/password-errors.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import type { UserBody } from './users.dto.js';

/** Fields behind the unique indexes of users. */
export const UNIQUE = { users_username_key: 'username', users_email_key: 'email' };

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly identity: Identity,
    private readonly activities: ActivitiesRepository,
  ) {}

  /** @param bot only bots, or only people */
  async list(paging: Paging<(typeof USER_SORTS)[number]>, bot?: boolean): Promise<Listed<User>> {
    return this.users.page(paging, bot);
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

  private async hash(password: string): Promise<string> {
    return orTooMany(() => this.identity.hashPassword(password));
  }
}

/** What happened to a user, as the activities tell it. */
export function about(
  key: NewActivity['key'],
  user: Pick<User, 'id' | 'username'>,
  details: Record<string, unknown>,
): NewActivity {
  return { key, subjectType: 'user', subjectId: user.id, subjectName: user.username, details };
}
