import { Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { User } from '#domain/user/user.entity.js';
import { Identity } from '#identity/identity.js';
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

  async create(input: UserBody): Promise<User> {
    // A bot signs in with tokens only.
    const { password } = input;
    const passwordHash = input.bot || password === undefined ? null : await this.hash(password);
    return uniqueOr422(UNIQUE, () =>
      this.users.create({
        username: input.username,
        email: input.email,
        passwordHash,
        displayName: input.display_name ?? null,
        admin: false,
        bot: input.bot,
        service: false,
      }),
    );
  }

  /** A new password ends the logins that clients keep, and what was verified of the old one. */
  async update(id: number, input: UserChangesBody): Promise<User> {
    const user = await this.get(String(id));
    if (user.service) throw new InvalidError({ username: ['of the service account: it follows the environment'] });
    if (input.username !== undefined && input.username !== user.username) {
      throw new InvalidError({ username: ['can not be changed'] });
    }
    if (input.password !== undefined && user.bot) throw new InvalidError({ password: ['a bot has none'] });
    const { email, password, display_name: displayName } = input;
    const passwordHash = password === undefined ? {} : { passwordHash: await this.hash(password) };
    await uniqueOr422(UNIQUE, () => this.users.update(id, { email, displayName, ...passwordHash }));
    return this.get(String(id));
  }

  /**
   * A locked user can do as little as a disabled one, and is meant to come back: when a password may have been stolen.
   * Nothing locks by itself; wrong passwords are throttled by address instead.
   */
  async setLocked(id: number, locked: boolean): Promise<User> {
    const user = await this.get(String(id));
    if (user.service) throw new AppError('forbidden', 'Authorization fails');
    await this.users.setLocked(id, locked);
    return this.get(String(id));
  }

  /** A disabled user can neither sign in nor get tokens. The service account can not be disabled. */
  async setEnabled(id: number, enabled: boolean): Promise<User> {
    const user = await this.get(String(id));
    if (user.service) throw new AppError('forbidden', 'Authorization fails');
    await this.users.setEnabled(id, enabled);
    return this.get(String(id));
  }

  private async hash(password: string): Promise<string> {
    return orTooMany(() => this.identity.hashPassword(password));
  }
}
