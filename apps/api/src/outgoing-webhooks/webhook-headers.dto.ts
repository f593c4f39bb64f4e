import { z } from 'zod';
import { headerNameProblem, headerValueProblem } from '#domain/webhook/header-rules.js';
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

const field = (max: number, problemOf: (text: string) => string | null) =>
  z
    .string()
    .trim()
    .max(max)
    .superRefine((text, context) => {
      const problem = problemOf(text);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    });

export const webhookHeaderInput = z
  .object({
    webhook_header: z.object({
      name: field(128, headerNameProblem),
      value: field(4_096, headerValueProblem).describe('never shown'),
    }),
  })
  .meta({ id: 'WebhookHeaderInput' });
export type WebhookHeaderFields = z.output<typeof webhookHeaderInput>['webhook_header'];
