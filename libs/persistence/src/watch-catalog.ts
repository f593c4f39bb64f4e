import { SharedResult } from '#platform/lifecycle/shared-result.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import type { Database } from './database.js';

/** Scrapers that come more often, and the gauges of one scrape, share one look, milliseconds. */
const SHARED_MS = 3_000;
/** Rows of one state that are counted: a backlog of a million must not make every scrape expensive. */
const MAX_COUNTED = 100_000;
const MAX_REGISTRIES = 1_000;

interface InboxRow {
  state: string;
  events: number;
  oldest: number;
}

interface RegistryRow {
  registry: string;
  names: number | null;
  digests: number | null;
  ahead: number | null;
}

/** Each state by its own partial index, and no more of it than the bound. */
const INBOX = `
  SELECT s.state, count(e.received_at)::int AS events,
         coalesce(extract(epoch FROM now() - min(e.received_at)), 0)::float AS oldest
    FROM (VALUES ('received'), ('failed'), ('dead'), ('rejected')) s (state)
    LEFT JOIN LATERAL (
      (SELECT received_at FROM registry_events
        WHERE s.state = 'received' AND state IN ('received', 'failed') AND state = 'received' LIMIT ${MAX_COUNTED})
      UNION ALL
      (SELECT received_at FROM registry_events
        WHERE s.state <> 'received' AND state IN ('ignored', 'failed', 'dead', 'rejected') AND state = s.state
        ORDER BY received_at LIMIT ${MAX_COUNTED})) e ON true
   GROUP BY s.state`;

const REGISTRIES = `
  SELECT name AS registry, extract(epoch FROM now() - names_equal_at)::float AS names,
         extract(epoch FROM now() - digests_equal_at)::float AS digests,
         clock_ahead_ms::float / 1000 AS ahead
    FROM registries ORDER BY id LIMIT ${MAX_REGISTRIES}`;

/** Declares how far the catalog is behind. The same in every process: one kind of them is enough to tell it. */
export function watchCatalog(metrics: Metrics, database: Database): void {
  const inbox = new SharedResult(SHARED_MS, () => database.query<InboxRow & Record<string, unknown>>(INBOX));
  const registries = new SharedResult(SHARED_MS, () =>
    database.query<RegistryRow & Record<string, unknown>>(REGISTRIES),
  );
  metrics.gauge({
    name: 'portus_inbox_events',
    help: `Notifications by state, counted to ${MAX_COUNTED} each: received and failed ones wait.`,
    labels: ['state'],
    read: async () => (await inbox.get()).map(({ state, events }) => ({ labels: { state }, value: events })),
  });
  metrics.gauge({
    name: 'portus_inbox_oldest_seconds',
    help: 'For how long the oldest waiting notification has waited; 0: none waits.',
    labels: [],
    read: async () => {
      const waiting = (await inbox.get()).filter(({ state }) => state === 'received' || state === 'failed');
      return [{ value: Math.max(0, ...waiting.map(({ oldest }) => oldest)) }];
    },
  });
  metrics.gauge({
    name: 'portus_registry_equal_age_seconds',
    help: 'Since when the catalog was not proved equal to the registry, by names and by digests; absent: never yet.',
    labels: ['registry', 'of'],
    read: async () =>
      (await registries.get()).flatMap(({ registry, names, digests }) =>
        Object.entries({ names, digests }).flatMap(([of, age]) =>
          age === null ? [] : [{ labels: { registry, of }, value: age }],
        ),
      ),
  });
  metrics.gauge({
    name: 'portus_registry_clock_ahead_seconds',
    help: "How far a registry's clock was ahead of Portus's when it was last measured; negative: behind.",
    labels: ['registry'],
    read: async () =>
      (await registries.get()).flatMap(({ registry, ahead }) =>
        ahead === null ? [] : [{ labels: { registry }, value: ahead }],
      ),
  });
}
