import { Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { Action } from '#domain/naming/scope.js';
import { mayMakeTokens, READ_ONLY } from '#domain/policy/token-limits.js';
import type { ApplicationToken } from '#domain/user/application-token.entity.js';
import type { User } from '#domain/user/user.entity.js';
import { hashApplicationToken, newApplicationToken } from '#identity/application-token.js';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import {
  ApplicationTokensRepository,
  MAX_TOKENS,
  type NewApplicationToken,
} from '#persistence/application-tokens.repository.js';
import { Database } from '#persistence/database.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Person } from '../http/access.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import { isReadOnly, type TokenBody } from './application-tokens.dto.js';

const UNIQUE = { application_tokens_user_application_key: 'application' };

/** Application tokens: a user's own affair; administrators manage those of bots. */
@Injectable()
export class ApplicationTokensService {
  constructor(
    private readonly tokens: ApplicationTokensRepository,
    private readonly users: UsersRepository,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
  ) {}

  async list(person: Person, userId: number): Promise<ApplicationToken[]> {
    await this.requireOwner(person, userId);
    return this.tokens.ofUser(userId);
  }

  /** Makes an application token; its text is in the answer and nowhere else. */
  async create(
    person: Person,
    by: By,
    userId: number,
    body: TokenBody,
  ): Promise<{ token: ApplicationToken; plain: string }> {
    const user = await this.requireOwner(person, userId);
    if (user.service) throw new AppError('forbidden', 'the service account has its password only');
    if (person.token && !mayMakeTokens(person.token)) {
      throw new AppError('forbidden', 'a token that is restricted or expires makes no other tokens');
    }
    const plain = newApplicationToken();
    const token = await this.store(by, user, {
      userId,
      application: body.application ?? body.name!,
      tokenHash: hashApplicationToken(plain),
      expiresAt: expiryOf(body),
      actions: actionsOf(body),
      namespaces: body.namespaces ? [...new Set(body.namespaces)] : null,
    });
    return { token, plain };
  }

  private async store(by: By, user: User, input: NewApplicationToken): Promise<ApplicationToken> {
    const id = await uniqueOr422(UNIQUE, () =>
      this.database.transaction(async (sql) => {
        const made = await this.tokens.create(input, sql);
        if (made !== null) await this.activities.record(by, activityOf('create', made, input, user), sql);
        return made;
      }),
    );
    if (id === null) {
      throw new InvalidError({ application: [`there are ${MAX_TOKENS} tokens already: delete one that is not used`] });
    }
    return (await this.tokens.find(id))!;
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
      await this.activities.record(by, activityOf('destroy', id, token, user), sql);
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

/** What the token is limited to is part of the story; its text and its hash never are. */
function activityOf(
  what: 'create' | 'destroy',
  id: number,
  token: Pick<NewApplicationToken, 'application' | 'expiresAt' | 'actions' | 'namespaces'>,
  { username }: User,
): NewActivity {
  const { application: subjectName, expiresAt, actions, namespaces } = token;
  const details = { username, expiresAt, actions, namespaces };
  return { key: `application_token.${what}`, subjectType: 'application_token', subjectId: id, subjectName, details };
}

function expiryOf({ expires_at: text }: TokenBody): Date | null {
  if (text === undefined || text === null) return null;
  const expiry = new Date(text);
  if (expiry.getTime() <= Date.now()) throw new InvalidError({ expires_at: ['must be in the future'] });
  return expiry;
}

function actionsOf({ actions, read_only: readOnly }: TokenBody): Action[] | null {
  const listed = actions ? [...new Set(actions)] : null;
  if (!readOnly) return listed;
  if (listed !== null && !isReadOnly(listed)) throw new InvalidError({ read_only: ['does not fit the actions'] });
  return [...READ_ONLY];
}
