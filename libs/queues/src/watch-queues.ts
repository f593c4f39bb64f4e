import type { Metrics } from '#platform/metrics/metrics.js';
import type { QueueSizes } from './queue-sizes.js';

/** Declares how much waits in the queues. The same in every process: one kind of them is enough to tell it. */
export function watchQueues(metrics: Metrics, sizes: Pick<QueueSizes, 'get'>): void {
  metrics.gauge({
    name: 'portus_queue_jobs',
    help: 'Jobs in the queues, which are rings only: what is to be done are rows.',
    labels: ['queue', 'state'],
    read: async () =>
      (await sizes.get()).flatMap(({ queue, states }) =>
        Object.entries(states).map(([state, value]) => ({ labels: { queue, state }, value })),
      ),
  });
  metrics.gauge({
    name: 'portus_queue_oldest_seconds',
    help: 'For how long the oldest waiting job of a queue has waited; 0: none waits.',
    labels: ['queue'],
    read: async () => (await sizes.get()).map(({ queue, oldestSeconds: value }) => ({ labels: { queue }, value })),
  });
}
