import { z } from 'zod';
import { headerNameProblem, headerValueProblem } from './header-rules.js';
import {
  CONTENT_TYPES,
  REQUEST_METHODS,
  WEBHOOK_EVENTS,
  WEBHOOK_FORMATS,
  type WebhookEvent,
} from './webhook-events.js';

const printable = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, 'must not hold control characters');

const byRule = (max: number, problemOf: (text: string) => string | null) =>
  z
    .string()
    .trim()
    .max(max)
    .superRefine((text, context) => {
      const problem = problemOf(text);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    });

/** What the fields of a webhook may be, wherever they come from. */
export const WEBHOOK_FIELDS = {
  name: printable(255).trim(),
  url: printable(2_048).trim().min(1),
  request_method: z.enum(REQUEST_METHODS),
  content_type: z.enum(CONTENT_TYPES),
  format: z.enum(WEBHOOK_FORMATS),
  events: z
    .array(z.enum(WEBHOOK_EVENTS))
    .min(1)
    .max(WEBHOOK_EVENTS.length)
    .transform((all): WebhookEvent[] => [...new Set(all)]),
  username: printable(255).refine((value) => !value.includes(':'), 'must not hold a colon'),
  password: printable(1_024),
  secret: printable(512).min(8),
  enabled: z.boolean(),
};

export const WEBHOOK_HEADER_FIELDS = {
  name: byRule(128, headerNameProblem),
  value: byRule(4_096, headerValueProblem),
};

/** Why the two do not go together; null: they do. A CloudEvent in structured mode is JSON. */
export function contentTypeProblem(hook: { format: string; content_type: string }): string | null {
  if (hook.format !== 'cloudevents' || hook.content_type === 'application/json') return null;
  return 'must be application/json where the format is cloudevents';
}
