import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { Action } from '#domain/naming/scope.js';
import type { ApplicationToken } from '#domain/user/application-token.entity.js';
import type { User } from '#domain/user/user.entity.js';
import { hashApplicationToken, newApplicationToken } from '#identity/application-token.js';
import type { ActivitiesRepository, By, NewActivity } from '#persistence/activities.repository.js';
import {
  type ApplicationTokensRepository,
  MAX_TOKENS,
  type NewApplicationToken,
} from '#persistence/application-tokens.repository.js';
import type { Database } from '#persistence/database.js';
import { uniqueOr422 } from '#persistence/unique-violation.js';

const UNIQUE = { application_tokens_user_application_key: 'application' };

/** Where tokens are kept. */
export interface TokenStore {
  tokens: ApplicationTokensRepository;
  activities: ActivitiesRepository;
  database: Database;
}

/** What a token is called and what it is good for at most; null: without an end, whatever its user may do, everywhere. */
export interface TokenWish {
  application: string;
  expiresAt: Date | null;
  actions: Action[] | null;
  namespaces: string[] | null;
}

/**
 * Makes an application token; its text is in the answer and nowhere else. Who may make it was decided before. Throws
 * `forbidden` for the service account, InvalidError for a name that is taken, a date that has passed, or too many tokens.
 */
export async function makeApplicationToken(
  { tokens, activities, database }: TokenStore,
  by: By,
  user: User,
  wish: TokenWish,
): Promise<{ token: ApplicationToken; plain: string }> {
  if (user.service) throw new AppError('forbidden', 'the service account has its password only');
  if (wish.expiresAt !== null && wish.expiresAt.getTime() <= Date.now()) {
    throw new InvalidError({ expires_at: ['must be in the future'] });
  }
  const plain = newApplicationToken();
  const input: NewApplicationToken = {
    ...wish,
    userId: user.id,
    tokenHash: hashApplicationToken(plain),
    namespaces: wish.namespaces ? [...new Set(wish.namespaces)] : null,
  };
  const id = await uniqueOr422(UNIQUE, () =>
    database.transaction(async (sql) => {
      const made = await tokens.create(input, sql);
      if (made !== null) await activities.record(by, tokenActivity('create', made, input, user), sql);
      return made;
    }),
  );
  if (id === null) {
    throw new InvalidError({ application: [`there are ${MAX_TOKENS} tokens already: delete one that is not used`] });
  }
  return { token: (await tokens.find(id))!, plain };
}

/** What the token is limited to is part of the story; its text and its hash never are. */
export function tokenActivity(
  what: 'create' | 'destroy',
  id: number,
  token: Pick<NewApplicationToken, 'application' | 'expiresAt' | 'actions' | 'namespaces'>,
  { username }: Pick<User, 'username'>,
): NewActivity {
  const { application: subjectName, expiresAt, actions, namespaces } = token;
  const details = { username, expiresAt, actions, namespaces };
  return { key: `application_token.${what}`, subjectType: 'application_token', subjectId: id, subjectName, details };
}
