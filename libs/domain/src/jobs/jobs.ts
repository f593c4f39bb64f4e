import { z } from 'zod';

/** The queues that workers consume. Their store may be emptied at any time: what is to be done are rows. */
export const QUEUES = ['registry-events', 'catalog-sync', 'security-scan', 'webhook-deliveries', 'mail'] as const;
export type QueueName = (typeof QUEUES)[number];

/** `traceparent` as W3C Trace Context has it, where traces are sent. */
const ring = z.object({
  v: z.literal(1),
  requestId: z.string().max(128).optional(),
  traceparent: z.string().max(64).optional(),
});

/** Rings carry no data, or only the id of a row: whoever answers one looks into the tables for what waits. */
export const JOBS = {
  'registry-events': { name: 'drain', payload: ring },
  'catalog-sync': { name: 'run', payload: ring },
  'security-scan': { name: 'scan', payload: ring },
  'webhook-deliveries': { name: 'deliver', payload: ring },
  mail: { name: 'send', payload: ring },
} as const satisfies Record<QueueName, { name: string; payload: z.ZodType }>;

export type JobPayload = z.input<typeof ring>;
