import { z } from 'zod';
import { isNamespaceName } from '#domain/naming/repository-name.js';
import { ACTIONS, type Action } from '#domain/naming/scope.js';
import { READ_ONLY } from '#domain/policy/token-limits.js';
import type { ApplicationToken } from '#domain/user/application-token.entity.js';
import type { ExpiringToken } from '#persistence/application-tokens.repository.js';

const MAX_NAMESPACES = 100;

const name = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .refine((value) => !value.includes('\0'), 'must not hold NUL');
const namespace = z
  .string()
  .max(255)
  .refine((value) => value === '' || isNamespaceName(value), 'is not the name of a namespace')
  .meta({ description: 'Name of a namespace, in whichever registry; empty: the global one.' });

/** What `GET` shows is accepted back; what is not to be set (ids, dates of use) is ignored. */
export const tokenBody = z
  .object({
    application: name.optional().meta({ description: 'Its name; this or `name` must be there.' }),
    name: name.optional(),
    expires_at: z.iso.datetime({ offset: true }).nullish(),
    actions: z.array(z.enum(ACTIONS)).min(1).max(20).nullish(),
    namespaces: z.array(namespace).min(1).max(MAX_NAMESPACES).nullish(),
    read_only: z.boolean().nullish().meta({ description: 'true: the same as the action `pull` alone.' }),
  })
  .refine((body) => (body.application ?? body.name) !== undefined, { path: ['application'], message: 'is missing' })
  .meta({ id: 'ApplicationTokenInput' });
export type TokenBody = z.output<typeof tokenBody>;

export const tokenView = z
  .object({
    id: z.number(),
    application: z.string(),
    created_at: z.string(),
    expires_at: z.string().nullable(),
    actions: z.array(z.enum(ACTIONS)).nullable().meta({ description: 'At most these; null: what its user may do.' }),
    namespaces: z.array(z.string()).nullable().meta({ description: 'At most in these; null: in all.' }),
    read_only: z.boolean(),
    last_used_at: z.string().nullable(),
    last_used_from: z.string().nullable(),
  })
  .meta({ id: 'ApplicationToken' });

export const newTokenView = tokenView.extend({ plain_token: z.string() }).meta({ id: 'NewApplicationToken' });

/** Portus's representation, and what Portus has not; the token itself is never shown again. */
export function viewToken(token: ApplicationToken): z.output<typeof tokenView> {
  return {
    id: token.id,
    application: token.application,
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt?.toISOString() ?? null,
    actions: token.actions,
    namespaces: token.namespaces,
    read_only: isReadOnly(token.actions),
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    last_used_from: token.lastUsedFrom,
  };
}

export const expiringQuery = z.object({
  expires_before: z.iso.datetime({ offset: true }).meta({ description: 'Those that end before then, or have ended.' }),
});
export type ExpiringQuery = z.output<typeof expiringQuery>;

export const expiringView = tokenView
  .pick({ id: true, application: true })
  .extend({
    expires_at: z.string(),
    user: z.object({ id: z.number(), username: z.string(), bot: z.boolean() }),
  })
  .meta({ id: 'ExpiringToken' });

export function viewExpiring(token: ExpiringToken): z.output<typeof expiringView> {
  const { id, application, expiresAt, userId, username, bot } = token;
  return { id, application, expires_at: expiresAt.toISOString(), user: { id: userId, username, bot } };
}

/** Whether the actions are those that `read_only` stands for. */
export function isReadOnly(actions: readonly Action[] | null): boolean {
  return actions !== null && actions.every((action) => READ_ONLY.includes(action));
}
