import { SharedResult } from '#platform/lifecycle/shared-result.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import type { Database } from './database.js';

/** Scrapers that come more often share one question, milliseconds. */
const SHARED_MS = 2_000;

/** Declares what a process tells of its connections to PostgreSQL. */
export function watchDatabase(metrics: Metrics, database: Database): void {
  metrics.gauge({
    name: 'portus_database_connections',
    help: 'Connections of this process to PostgreSQL, and callers that wait for one.',
    labels: ['state'],
    read: () => {
      const { totalCount, idleCount, waitingCount } = database.pool;
      const states = { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
      return Object.entries(states).map(([state, value]) => ({ labels: { state }, value }));
    },
  });
  const up = new SharedResult(SHARED_MS, () => database.answers());
  metrics.gauge({
    name: 'portus_database_up',
    help: 'Whether PostgreSQL answers this process (1) or not (0).',
    labels: [],
    read: async () => [{ value: (await up.get()) ? 1 : 0 }],
  });
}
