import { z } from 'zod';
import { CONTENT_TYPES, REQUEST_METHODS, WEBHOOK_EVENTS, WEBHOOK_FORMATS } from '#domain/webhook/webhook-events.js';
import { WEBHOOK_FIELDS } from '#domain/webhook/webhook-input.js';
import type { WebhookRow } from '#persistence/webhooks.repository.js';

export const webhookView = z
  .object({
    id: z.number(),
    namespace_id: z.number(),
    name: z.string(),
    url: z.string().describe('whole for owners and administrators; others see the host'),
    request_method: z.enum(REQUEST_METHODS),
    content_type: z.enum(CONTENT_TYPES),
    format: z.enum(WEBHOOK_FORMATS),
    events: z.array(z.enum(WEBHOOK_EVENTS)),
    username: z.string().nullable(),
    has_password: z.boolean(),
    has_secret: z.boolean(),
    enabled: z.boolean(),
    resting_until: z.string().nullable().describe('its host failed too often in a row, and is left alone until then'),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Webhook' });

/** Portus's fields and our own; password and secret are never shown. */
export function viewWebhook(row: WebhookRow, whole: boolean): z.output<typeof webhookView> {
  return {
    id: row.id,
    namespace_id: row.namespaceId,
    name: row.name,
    url: whole ? row.url : `${row.origin}/…`,
    request_method: row.requestMethod,
    content_type: row.contentType,
    format: row.format,
    events: [...row.events],
    username: whole ? row.username : null,
    has_password: row.password !== null,
    has_secret: row.secret !== null,
    enabled: row.enabled,
    resting_until: row.restsUntil?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** Without a field: as it is; at the creation: the default. */
const fields = z.object({
  name: WEBHOOK_FIELDS.name.optional().describe('default: the host'),
  url: WEBHOOK_FIELDS.url.optional().describe('http or https; without a scheme: http'),
  request_method: WEBHOOK_FIELDS.request_method.optional().describe('default: POST'),
  content_type: WEBHOOK_FIELDS.content_type.optional().describe('default: application/json'),
  format: WEBHOOK_FIELDS.format.optional().describe('default: portus'),
  events: WEBHOOK_FIELDS.events.optional().describe('default: push, delete'),
  username: WEBHOOK_FIELDS.username.nullish().describe('for HTTP Basic; empty or null: none'),
  password: WEBHOOK_FIELDS.password.nullish().describe('empty or null: none; never shown'),
  secret: z
    .union([z.literal(''), WEBHOOK_FIELDS.secret])
    .nullish()
    .describe('signs the deliveries; empty or null: none; never shown'),
  enabled: WEBHOOK_FIELDS.enabled.optional().describe('default: false'),
});

export const webhookInput = z.object({ webhook: fields.required({ url: true }) }).meta({ id: 'WebhookInput' });
export const webhookChanges = z.object({ webhook: fields }).meta({ id: 'WebhookChanges' });
export type WebhookFields = z.output<typeof fields>;
