import { z } from 'zod';
import { ACTIONS } from '#domain/naming/scope.js';
import { tokenView } from '../users/application-tokens.dto.js';

const name = z
  .string()
  .trim()
  .max(255)
  .refine((value) => !value.includes('\0'), 'must not hold NUL');

export const explainQuery = z.object({
  repository: name.min(1),
  action: z.enum(ACTIONS),
  /** Login name; absent: oneself; empty: somebody who is not signed in. */
  user: name.optional(),
  /** Hostname of the registry; absent: the first one. */
  registry: name.optional(),
  /** Id of an application token of that user, to be decided as if it were shown. */
  token: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
});
export type ExplainQuery = z.output<typeof explainQuery>;

export const explanationView = z
  .object({
    user: z.string().nullable(),
    repository: z.string(),
    action: z.enum(ACTIONS),
    allowed: z.boolean(),
    reason: z.string(),
    because: z.string(),
    change: z.string().nullable(),
    rules: z.array(z.object({ rule: z.string(), held: z.boolean() })),
    facts: z.object({
      namespace: z.string(),
      known: z.boolean(),
      kind: z.string().nullable(),
      visibility: z.string().nullable(),
      role: z.string().nullable(),
      admin: z.boolean(),
    }),
    token: tokenView.nullable(),
  })
  .meta({ id: 'Explanation' });
export type ExplanationView = z.output<typeof explanationView>;
