import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { ApplicationToken } from '#domain/user/application-token.entity.js';
import type { User } from '#domain/user/user.entity.js';
import { hashApplicationToken, newApplicationToken } from '#identity/application-token.js';
import { Identity } from '#identity/identity.js';
import { ApplicationTokensRepository } from '#persistence/application-tokens.repository.js';
import type { Listed, USER_SORTS } from '#persistence/listing.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Person } from '../http/access.js';
import type { Paging } from '../http/list-query.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import type { UserBody } from './users.dto.js';

const UNIQUE = { users_username_key: 'username', users_email_key: 'email' };
const UNIQUE_TOKEN = { application_tokens_user_application_key: 'application' };

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly tokens: ApplicationTokensRepository,
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
    const passwordHash = input.password === undefined ? null : await this.identity.hashPassword(input.password);
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

  /** A disabled user can neither sign in nor get tokens. The service account can not be disabled. */
  async setEnabled(id: number, enabled: boolean): Promise<User> {
    const user = await this.get(String(id));
    if (user.service) throw new AppError('forbidden', 'Authorization fails');
    await this.users.setEnabled(id, enabled);
    return this.get(String(id));
  }

  async tokensOf(person: Person, userId: number): Promise<ApplicationToken[]> {
    await this.requireTokenRights(person, userId);
    return this.tokens.ofUser(userId);
  }

  /** Makes an application token; its text is in the answer and nowhere else. */
  async createToken(
    person: Person,
    userId: number,
    application: string,
  ): Promise<{ token: ApplicationToken; plain: string }> {
    await this.requireTokenRights(person, userId);
    const plain = newApplicationToken();
    const token = await uniqueOr422(UNIQUE_TOKEN, () =>
      this.tokens.create(userId, application, hashApplicationToken(plain)),
    );
    return { token, plain };
  }

  async deleteToken(person: Person, id: number): Promise<void> {
    const token = await this.tokens.find(id);
    if (token === null) throw new AppError('not_found', 'Not found');
    await this.requireTokenRights(person, token.userId);
    await this.tokens.delete(id);
  }

  /** A user's tokens are the user's own affair; administrators manage those of bots. */
  private async requireTokenRights(person: Person, userId: number): Promise<void> {
    if (person.userId === userId) return;
    const user = person.admin ? await this.users.find(userId) : null;
    if (person.admin && user === null) throw new AppError('not_found', 'Not found');
    if (!user?.bot) throw new AppError('forbidden', 'Authorization fails');
  }
}
