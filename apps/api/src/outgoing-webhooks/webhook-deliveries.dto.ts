import { z } from 'zod';
import { DELIVERY_STATES, type DeliveryState, WEBHOOK_EVENTS } from '#domain/webhook/webhook-events.js';
import { WEBHOOK_DELIVERY_SORTS } from '#persistence/listing.js';
import type { DeliveryRow, ListedDelivery } from '#persistence/webhook-deliveries.repository.js';
import { listQuery, type ListQuery } from '../http/list-query.js';

export const deliveryId = z
  .string()
  .regex(/^\d{1,18}$/)
  .catch('0');

export const deliveryQuery = listQuery(WEBHOOK_DELIVERY_SORTS).extend({ state: z.enum(DELIVERY_STATES).optional() });
export type DeliveryQuery = ListQuery<(typeof WEBHOOK_DELIVERY_SORTS)[number]> & { state?: DeliveryState | undefined };

const listed = z.object({
  id: z.number(),
  webhook_id: z.number(),
  uuid: z.string().describe('X-Portus-Delivery: the same at every attempt'),
  event: z.enum(WEBHOOK_EVENTS),
  subject: z.string().describe('repository and tag'),
  state: z.enum(DELIVERY_STATES),
  status: z.number().nullable().describe('of the last answer; 0: there was none; null: not tried yet'),
  reason: z.string().nullable().describe('why the last attempt failed'),
  attempts: z.number(),
  next_attempt_at: z.string().nullable(),
  duration: z.number().nullable().describe('milliseconds'),
  created_at: z.string(),
  attempted_at: z.string().nullable(),
});
export const listedDeliveryView = listed.meta({ id: 'ListedWebhookDelivery' });

const headers = z.record(z.string(), z.string()).nullable();
export const deliveryView = listed
  .extend({
    request_header: headers.describe('what people entered is hidden'),
    request_body: z.string().nullable(),
    response_header: headers,
    response_body: z.string().nullable().describe('the beginning'),
  })
  .meta({ id: 'WebhookDelivery' });

export function viewListedDelivery(row: ListedDelivery): z.output<typeof listed> {
  const { repository, tag } = row.facts;
  return {
    id: Number(row.id),
    webhook_id: row.webhookId,
    uuid: row.uuid,
    event: row.event,
    subject: tag === null ? repository.name : `${repository.name}:${tag}`,
    state: row.state,
    status: row.status,
    reason: row.reason,
    attempts: row.attempts,
    next_attempt_at: row.state === 'waiting' ? row.nextAttemptAt.toISOString() : null,
    duration: row.duration,
    created_at: row.createdAt.toISOString(),
    attempted_at: row.attemptedAt?.toISOString() ?? null,
  };
}

export function viewDelivery(row: DeliveryRow): z.output<typeof deliveryView> {
  return {
    ...viewListedDelivery(row),
    request_header: row.requestHeader,
    request_body: row.requestBody,
    response_header: row.responseHeader,
    response_body: row.responseBody,
  };
}
