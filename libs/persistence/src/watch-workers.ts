import { BACKGROUND_TASKS } from '#domain/worker/background-tasks.js';
import { SharedResult } from '#platform/lifecycle/shared-result.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import type { WorkersRepository } from './workers.repository.js';

/** Scrapers that come more often, and the gauges of one scrape, share one look, milliseconds. */
const SHARED_MS = 3_000;

/** Declares how many workers are alive. The same in every process: one kind of them is enough to tell it. */
export function watchWorkers(metrics: Metrics, workers: Pick<WorkersRepository, 'sight'>): void {
  const sight = new SharedResult(SHARED_MS, () => workers.sight());
  metrics.gauge({
    name: 'portus_workers',
    help: 'Workers that are alive.',
    labels: [],
    read: async () => [{ value: (await sight.get()).live.length }],
  });
  metrics.gauge({
    name: 'portus_workers_of_task',
    help: 'Workers that are alive and do a task; 0: it is switched off, or nobody does it.',
    labels: ['task'],
    read: async () => {
      const { live } = await sight.get();
      return BACKGROUND_TASKS.map((task) => ({
        labels: { task },
        value: live.filter(({ tasks }) => tasks.includes(task)).length,
      }));
    },
  });
}
