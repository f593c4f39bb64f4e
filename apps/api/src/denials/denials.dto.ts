import { z } from 'zod';
import { sentencesOf } from '#domain/policy/explain.js';
import { REFUSAL_REASONS, type RefusalReason } from '#domain/policy/grant.js';
import type { DenialRow } from '#persistence/denials.repository.js';
import { cursorQuery } from '../http/list-query.js';

const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\0'), 'must not hold NUL');

/** Query of the list: filters, and where to go on. */
export const denialsQuery = cursorQuery.extend({
  /** Login name; empty: those who were not signed in. Only for administrators, or the own. */
  user: text(255).optional(),
  repository: text(255).min(1).optional(),
  action: text(32).min(1).optional(),
  reason: z.enum(REFUSAL_REASONS).optional(),
});
export type DenialsQuery = z.output<typeof denialsQuery>;

export const denialView = z
  .object({
    id: z.number(),
    user: z.string().nullable(),
    registry: z.string(),
    repository: z.string(),
    action: z.string(),
    reason: z.string(),
    because: z.string(),
    change: z.string().nullable(),
    first_at: z.string(),
    last_at: z.string(),
    address: z.string(),
    count: z.number(),
  })
  .meta({ id: 'Denial' });

/** @param reason the one that the reader may learn */
export function viewDenial(row: DenialRow, reason: string): z.output<typeof denialView> {
  const known = (REFUSAL_REASONS as readonly string[]).includes(reason);
  const { because, change } = known ? sentencesOf(reason as RefusalReason) : { because: reason, change: null };
  return {
    id: Number(row.id),
    user: row.username,
    registry: row.registryHostname,
    repository: row.repository,
    action: row.action,
    reason,
    because,
    change,
    first_at: row.firstAt.toISOString(),
    last_at: row.lastAt.toISOString(),
    address: row.address,
    count: row.count,
  };
}
