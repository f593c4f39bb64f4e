import { SharedResult } from '#platform/lifecycle/shared-result.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import type { Database } from './database.js';

/** Scrapers that come more often, and the gauges of one scrape, share one look, milliseconds. */
const SHARED_MS = 5_000;
const MAX_REGISTRIES = 1_000;

interface SyncRow {
  registry: string;
  mode: 'names' | 'deep';
  running: boolean;
  progress: number;
  open: number | null;
  age: number | null;
  seconds: number | null;
  state: string | null;
}

/**
 * Of each registry and mode: how far the newest run is that is at work, and how the newest one ended that has. The newest
 * hundred runs of a registry hold both.
 */
const SYNCS = `
  SELECT g.name AS registry, m.mode, r.id IS NOT NULL AS running,
         coalesce(r.done::float / nullif(greatest(r.listed + r.missing, r.done), 0), 0) AS progress,
         e.open, extract(epoch FROM now() - e.finished_at)::float AS age,
         extract(epoch FROM e.finished_at - e.started_at)::float AS seconds, e.state
    FROM (SELECT id, name FROM registries ORDER BY id LIMIT ${MAX_REGISTRIES}) g
    CROSS JOIN (VALUES ('names'), ('deep')) m (mode)
    LEFT JOIN LATERAL (
      SELECT * FROM (SELECT * FROM sync_runs WHERE registry_id = g.id ORDER BY id DESC LIMIT 100) n
       WHERE n.mode = m.mode AND n.state = 'running' ORDER BY n.id DESC LIMIT 1) r ON true
    LEFT JOIN LATERAL (
      SELECT * FROM (SELECT * FROM sync_runs WHERE registry_id = g.id ORDER BY id DESC LIMIT 100) n
       WHERE n.mode = m.mode AND n.finished_at IS NOT NULL ORDER BY n.id DESC LIMIT 1) e ON true`;

/** How a run can have ended, as the gauge has it. */
const ENDED = ['done', 'held', 'failed', 'cancelled', 'waiting'] as const;

/** Declares how syncs go. The same in every process: one kind of them is enough to tell it. */
export function watchSyncs(metrics: Metrics, database: Database): void {
  const rows = new SharedResult(SHARED_MS, () => database.query<SyncRow & Record<string, unknown>>(SYNCS));
  const gauge = (name: string, help: string, of: (row: SyncRow) => number | null): void => {
    metrics.gauge({
      name,
      help,
      labels: ['registry', 'mode'],
      read: async () =>
        (await rows.get()).flatMap((row) => {
          const value = of(row);
          return value === null ? [] : [{ labels: { registry: row.registry, mode: row.mode }, value }];
        }),
    });
  };
  gauge('portus_sync_progress_ratio', 'How far the sync is that is at work; absent: none is.', (row) =>
    row.running ? row.progress : null,
  );
  gauge('portus_sync_drift', 'Differences that the last ended sync found and did not repair.', ({ open }) => open);
  gauge('portus_sync_ended_age_seconds', 'For how long the last sync has ended.', ({ age }) => age);
  gauge('portus_sync_took_seconds', 'How long the last ended sync took.', ({ seconds }) => seconds);
  metrics.gauge({
    name: 'portus_sync_ended',
    help: 'How the last ended sync ended: 1 for that state, 0 for the others.',
    labels: ['registry', 'mode', 'state'],
    read: async () =>
      (await rows.get()).flatMap(({ registry, mode, state: found }) =>
        found === null
          ? []
          : ENDED.map((state) => ({ labels: { registry, mode, state }, value: state === found ? 1 : 0 })),
      ),
  });
}
