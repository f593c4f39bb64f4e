import { z } from 'zod';
import { WEBHOOK_HEADER_FIELDS } from '#domain/webhook/webhook-input.js';
import type { WebhookHeaderRow } from '#persistence/webhook-headers.repository.js';

export const webhookHeaderView = z
  .object({
    id: z.number(),
    webhook_id: z.number(),
    name: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'WebhookHeader' });

/** The value is never shown. */
export function viewWebhookHeader(row: WebhookHeaderRow): z.output<typeof webhookHeaderView> {
  return {
    id: row.id,
    webhook_id: row.webhookId,
    name: row.name,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

export const webhookHeaderInput = z
  .object({
    webhook_header: z.object({
      name: WEBHOOK_HEADER_FIELDS.name,
      value: WEBHOOK_HEADER_FIELDS.value.describe('never shown'),
    }),
  })
  .meta({ id: 'WebhookHeaderInput' });
export type WebhookHeaderFields = z.output<typeof webhookHeaderInput>['webhook_header'];
