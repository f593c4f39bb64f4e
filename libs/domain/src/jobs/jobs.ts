import { z } from 'zod';

/** The queues that workers consume. Their store may be emptied at any time: what is to be done are rows. */
export const QUEUES = ['registry-events', 'catalog-sync', 'security-scan', 'webhook-deliveries', 'mail'] as const;
export type QueueName = (typeof QUEUES)[number];

/** Rings carry no data, or only the id of a row: whoever answers one looks into the tables for what waits. */
export const JOBS = {
  'registry-events': {
    name: 'drain',
    payload: z.object({ v: z.literal(1), requestId: z.string().max(128).optional() }),
  },
  'catalog-sync': { name: 'run', payload: z.object({ v: z.literal(1), requestId: z.string().max(128).optional() }) },
  'security-scan': { name: 'scan', payload: z.object({ v: z.literal(1), requestId: z.string().max(128).optional() }) },
  'webhook-deliveries': {
    name: 'deliver',
    payload: z.object({ v: z.literal(1), requestId: z.string().max(128).optional() }),
  },
  mail: { name: 'send', payload: z.object({ v: z.literal(1), requestId: z.string().max(128).optional() }) },
} as const satisfies Record<QueueName, { name: string; payload: z.ZodType }>;

export type JobPayload = { v: 1; requestId?: string | undefined };
