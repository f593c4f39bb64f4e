import type { Actor } from '#domain/policy/facts.js';
import { limitsOf } from '#domain/policy/token-limits.js';
import type { ShownToken, UserFacts } from '#persistence/token-facts.repository.js';

/**
 * Who asks, as the policy wants it: nobody, a user, or the service account. With an application token even the service
 * account is a user, so that the token's limits hold.
 *
 * @param now milliseconds
 */
export function actorOf(
  user: UserFacts | null,
  token: Pick<ShownToken, 'expiresAt' | 'actions' | 'namespaces'> | null,
  now: number,
): Actor {
  if (user === null) return { kind: 'anonymous' };
  if (user.service && token === null) return { kind: 'service' };
  const { id, username, admin, bot, enabled, locked } = user;
  const limits = token && limitsOf(token, now);
  return { kind: 'user', userId: id, username, admin, bot, disabled: !enabled, locked, token: limits };
}
