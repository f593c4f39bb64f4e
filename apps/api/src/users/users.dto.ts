import { z } from 'zod';
import { type KeptLogin, LOGIN_STATES } from '#persistence/refresh-tokens.repository.js';
import type { User } from '#domain/user/user.entity.js';
import { displayName, email, password, username } from '#domain/user/user-input.js';

export { displayName, email, password } from '#domain/user/user-input.js';

const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);

export const userBody = z
  .object({
    user: z.object({
      username,
      email,
      password: password.optional(),
      display_name: displayName,
      bot: flag.default(false),
    }),
  })
  .refine((body) => body.user.bot || body.user.password !== undefined, {
    path: ['user', 'password'],
    message: 'is missing',
  })
  .meta({ id: 'UserInput' });
export type UserBody = z.output<typeof userBody>['user'];

/** What `GET` shows is accepted back; a name is not changed, for tokens and images carry it. `email` null: none. */
export const userChanges = z
  .object({
    user: z.object({
      username: username.optional(),
      email: email.nullish(),
      password: password.optional(),
      display_name: displayName,
      admin: flag.optional(),
      enabled: flag.optional(),
      locked: flag.optional().meta({ description: 'false: unlocks' }),
    }),
  })
  .meta({ id: 'UserChanges' });
export type UserChangesBody = z.output<typeof userChanges>['user'];

export const userView = z
  .object({
    id: z.number(),
    username: z.string(),
    email: z.string().nullable(),
    current_sign_in_at: z.string().nullable(),
    last_sign_in_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    admin: z.boolean(),
    enabled: z.boolean(),
    locked_at: z.string().nullable(),
    namespace_id: z.number().nullable(),
    display_name: z.string().nullable(),
    bot: z.boolean(),
  })
  .meta({ id: 'User' });

/** Portus's representation; nothing of the password. */
export function viewUser(user: User): z.output<typeof userView> {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    current_sign_in_at: user.currentSignInAt?.toISOString() ?? null,
    last_sign_in_at: user.lastSignInAt?.toISOString() ?? null,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
    admin: user.admin,
    enabled: user.enabled,
    locked_at: user.lockedAt?.toISOString() ?? null,
    namespace_id: user.namespaceId,
    display_name: user.displayName,
    bot: user.bot,
  };
}

export const refreshTokenView = z
  .object({
    id: z.number(),
    state: z
      .enum(LOGIN_STATES)
      .describe('void: rests on a former password; expired, idle: its time is over. Only a valid one gets tokens'),
    service: z.string(),
    client_id: z.string(),
    created_at: z.string(),
    last_used_at: z.string(),
    expires_at: z.string(),
  })
  .meta({ id: 'RefreshToken' });

/** A login that a client keeps; the token itself is never shown again. */
export function viewRefreshToken(token: KeptLogin): z.output<typeof refreshTokenView> {
  return {
    id: token.id,
    state: token.state,
    service: token.service,
    client_id: token.clientId,
    created_at: token.createdAt.toISOString(),
    last_used_at: token.lastUsedAt.toISOString(),
    expires_at: token.expiresAt.toISOString(),
  };
}
