import { Injectable } from '@nestjs/common';
import { makeApplicationToken, tokenActivity } from '#administration/application-tokens.js';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { Action } from '#domain/naming/scope.js';
import { mayMakeTokens, READ_ONLY } from '#domain/policy/token-limits.js';
import type { ApplicationToken } from '#domain/user/application-token.entity.js';
import type { User } from '#domain/user/user.entity.js';
import { hashApplicationToken, newApplicationToken } from '#identity/application-token.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { ApplicationTokensRepository, type ExpiringToken } from '#persistence/application-tokens.repository.js';
import { Database, type Sql } from '#persistence/database.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Person } from '../http/access.js';
import { isReadOnly, type TokenBody } from './application-tokens.dto.js';

/** Application tokens: a user's own affair; administrators manage those of bots. */
@Injectable()
export class ApplicationTokensService {
  constructor(
    readonly tokens: ApplicationTokensRepository,
    private readonly users: UsersRepository,
    readonly activities: ActivitiesRepository,
    readonly database: Database,
  ) {}

  async list(person: Person, userId: number): Promise<ApplicationToken[]> {
    await this.requireOwner(person, userId);
    return this.tokens.ofUser(userId);
  }

  /** Tokens that this person looks after and that end before a moment. */
  async expiring(person: Person, before: Date): Promise<ExpiringToken[]> {
    return this.tokens.expiring(person.userId, person.admin, before);
  }

  /** Makes an application token; its text is in the answer and nowhere else. */
  async create(
    person: Person,
    by: By,
    userId: number,
    body: TokenBody,
  ): Promise<{ token: ApplicationToken; plain: string }> {
    const user = await this.requireOwner(person, userId);
    if (person.token && !mayMakeTokens(person.token)) {
      throw new AppError('forbidden', 'a token that is restricted or expires makes no other tokens');
    }
    return makeApplicationToken(this, by, user, {
      application: body.application ?? body.name!,
      expiresAt: expiryOf(body),
      actions: actionsOf(body),
      namespaces: body.namespaces ?? null,
    });
  }

  /** The token of the first administrator, inside of the transaction that makes that one. */
  async createFirst(by: By, user: Pick<User, 'id' | 'username'>, sql: Sql): Promise<{ id: number; plain: string }> {
    const plain = newApplicationToken();
    const what = { application: 'bootstrap', expiresAt: null, actions: null, namespaces: null };
    const id = await this.tokens.create({ userId: user.id, tokenHash: hashApplicationToken(plain), ...what }, sql);
    await this.activities.record(by, tokenActivity('create', id!, what, user), sql);
    return { id: id!, plain };
  }

  /** Whether a token of somebody else exists is a secret, but not to administrators. */
  async delete(person: Person, by: By, id: number): Promise<void> {
    const token = await this.tokens.find(id);
    if (token === null || (!person.admin && token.userId !== person.userId)) {
      throw new AppError('not_found', 'Not found');
    }
    const user = await this.requireOwner(person, token.userId);
    await this.database.transaction(async (sql) => {
      await this.tokens.delete(id, sql);
      await this.activities.record(by, tokenActivity('destroy', id, token, user), sql);
    });
  }

  private async requireOwner(person: Person, userId: number): Promise<User> {
    const oneself = person.userId === userId;
    if (!oneself && !person.admin) throw new AppError('forbidden', 'Authorization fails');
    const user = await this.users.find(userId);
    if (user === null) throw new AppError('not_found', 'Not found');
    if (!oneself && !user.bot) throw new AppError('forbidden', 'Authorization fails');
    return user;
  }
}

function expiryOf({ expires_at: text }: TokenBody): Date | null {
  if (text === undefined || text === null) return null;
  return new Date(text);
}

function actionsOf({ actions, read_only: readOnly }: TokenBody): Action[] | null {
  const listed = actions ? [...new Set(actions)] : null;
  if (!readOnly) return listed;
  if (listed !== null && !isReadOnly(listed)) throw new InvalidError({ read_only: ['does not fit the actions'] });
  return [...READ_ONLY];
}
