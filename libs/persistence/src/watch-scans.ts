import { SharedResult } from '#platform/lifecycle/shared-result.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import type { Database } from './database.js';

/** All images are counted, so scrapers share one count for this long, milliseconds. */
const SHARED_MS = 60_000;

interface ImagesRow {
  state: string;
  worst: string;
  images: number;
  fixable: number;
  oldest: number | null;
}

const IMAGES = `
  SELECT state, CASE WHEN verdict_at IS NULL THEN 'no verdict' ELSE coalesce(worst, 'clean') END AS worst, count(*)::int AS images,
         count(*) FILTER (WHERE verdict_at IS NOT NULL AND fixable > 0)::int AS fixable,
         extract(epoch FROM now() - min(verdict_at))::float AS oldest
    FROM scan_targets GROUP BY 1, 2`;

/** Declares how many images are in which state, with which verdict, how many could be mended, and how old the oldest verdict is. */
export function watchScans(metrics: Metrics, database: Database): void {
  const images = new SharedResult(SHARED_MS, () => database.query<ImagesRow & Record<string, unknown>>(IMAGES));
  metrics.gauge({
    name: 'portus_scanned_images',
    help: 'Images by the state of their newest scan and the worst that their newest verdict found.',
    labels: ['state', 'worst'],
    read: async () =>
      (await images.get()).map(({ state, worst, images: value }) => ({ labels: { state, worst }, value })),
  });
  metrics.gauge({
    name: 'portus_fixable_images',
    help: 'Images in which a newer version of a package mends something, by the worst that their newest verdict found.',
    labels: ['worst'],
    read: async () => fixableOf(await images.get()),
  });
  metrics.gauge({
    name: 'portus_scan_oldest_verdict_seconds',
    help: 'Age of the oldest verdict that is shown.',
    labels: [],
    read: async () => [{ value: Math.max(0, ...(await images.get()).map((row) => row.oldest ?? 0)) }],
  });
}

function fixableOf(rows: readonly ImagesRow[]): { labels: { worst: string }; value: number }[] {
  const sums = new Map<string, number>();
  for (const { worst, fixable } of rows) sums.set(worst, (sums.get(worst) ?? 0) + fixable);
  return [...sums].map(([worst, value]) => ({ labels: { worst }, value }));
}
