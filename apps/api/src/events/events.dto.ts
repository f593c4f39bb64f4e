import { z } from 'zod';
import { EVENT_STATES } from '#domain/inbox/registry-event.entity.js';
import { isStorableDate } from '#domain/manifest/storable.js';
import type { EventRow, InboxSummary } from '#persistence/event-log.repository.js';
import { cursorQuery } from '../http/list-query.js';

const registry = z.coerce.number().int().min(1).max(2_147_483_647).optional();
const repository = z
  .string()
  .max(255)
  .regex(/^[!-~]+$/, 'is no name of a repository')
  .optional();
const moment = z.iso
  .datetime({ offset: true })
  .refine((text) => isStorableDate(new Date(text)), 'is out of range')
  .optional();
const state = z.enum(EVENT_STATES);

/** Query of the list: filters, and where to go on. */
export const eventsQuery = cursorQuery.extend({
  state: state.optional(),
  registry_id: registry,
  repository,
  action: z.enum(['push', 'delete', 'unknown']).optional(),
  from: moment,
  to: moment,
});
export type EventsQuery = z.output<typeof eventsQuery>;

export const retryBody = z
  .object({
    states: z
      .array(z.enum(['failed', 'dead', 'ignored']))
      .min(1)
      .max(3)
      .default(['failed', 'dead']),
    registry_id: registry,
    repository,
  })
  .meta({ id: 'EventsRetry' });
export type RetryBody = z.output<typeof retryBody>;

export const retried = z.object({ retried: z.number() }).meta({ id: 'EventsRetried' });

export const eventView = z
  .object({
    id: z.number(),
    registry_id: z.number(),
    event_id: z.string(),
    action: z.string(),
    repository: z.string(),
    tag: z.string().nullable(),
    digest: z.string().nullable(),
    actor: z.string().nullable(),
    occurred_at: z.string().nullable(),
    received_at: z.string(),
    processed_at: z.string().nullable(),
    next_attempt_at: z.string().nullable(),
    state,
    reason: z.string().nullable(),
    attempts: z.number(),
  })
  .meta({ id: 'Event' });

export const eventDetail = eventView.extend({ payload: z.string().nullable() }).meta({ id: 'EventDetail' });

/** A notification. When it is tried again is told only of those that wait. */
export function viewEvent(row: EventRow): z.output<typeof eventView> {
  const waits = row.state === 'received' || row.state === 'failed';
  return {
    id: Number(row.id),
    registry_id: row.registryId,
    event_id: row.eventId,
    action: row.action,
    repository: row.repository,
    tag: row.tag,
    digest: row.digest,
    actor: row.actor,
    occurred_at: row.occurredAt?.toISOString() ?? null,
    received_at: row.receivedAt.toISOString(),
    processed_at: row.processedAt?.toISOString() ?? null,
    next_attempt_at: waits ? row.nextAttemptAt.toISOString() : null,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
  };
}

export const summaryView = z
  .object({
    registry_id: z.number(),
    registry: z.string(),
    received: z.number(),
    failed: z.number(),
    dead: z.number(),
    rejected: z.number(),
    oldest_waiting_seconds: z.number(),
    lag_median_seconds: z.number().nullable(),
    lag_max_seconds: z.number().nullable(),
  })
  .meta({ id: 'InboxSummary' });

export function viewSummary(row: InboxSummary): z.output<typeof summaryView> {
  return {
    registry_id: row.registryId,
    registry: row.registry,
    received: row.received,
    failed: row.failed,
    dead: row.dead,
    rejected: row.rejected,
    oldest_waiting_seconds: row.oldestWaitingSeconds,
    lag_median_seconds: row.lagMedianSeconds,
    lag_max_seconds: row.lagMaxSeconds,
  };
}
