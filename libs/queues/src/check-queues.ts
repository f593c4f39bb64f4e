import type { Degraded } from '#platform/health/check-health.js';
import type { QueueSizes } from './queue-sizes.js';

/** How the queues and their store are. Never down: without it, workers look for rows that wait, a second or two later. */
export async function checkQueues(queues: Pick<QueueSizes, 'place' | 'get'>): Promise<string | Degraded> {
  const where = `queues live in ${queues.place}`;
  const sizes = await queues.get().catch(() => null);
  if (sizes === null) return { degraded: `${where}, which does not answer; work is found by sweeping` };
  const waiting = sizes.reduce((sum, { states }) => sum + states.waiting, 0);
  const lag = Math.round(Math.max(0, ...sizes.map(({ oldestSeconds }) => oldestSeconds)));
  return waiting === 0 ? `${where}; no job waits` : `${where}; ${waiting} wait, the oldest for ${lag} s`;
}
