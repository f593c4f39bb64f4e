import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchScans } from '#persistence/watch-scans.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { TestDatabase } from '../support/test-database.js';

describe(watchScans.name, () => {
  let database: TestDatabase;
  let scraped: string;

  beforeAll(async () => {
    database = await TestDatabase.create();
    await database.sql.query(`INSERT INTO registries (id, name, hostname) VALUES (1, 'r', 'r:5000')`);
    await database.sql.query(
      `INSERT INTO scan_targets (registry_id, digest, state, worst, fixable, verdict_at)
       SELECT 1, 'sha256:' || row_number() OVER (), state, worst, fixable, now() - make_interval(secs => age) FROM
         (VALUES ('done', 'high', 3, 100), ('done', 'high', 0, 50), ('done', NULL, 0, 10), ('queued', 'high', 2, 5000),
                 ('failed', NULL, 0, NULL), ('unsupported', NULL, 0, NULL)) t (state, worst, fixable, age)`,
    );
    const metrics = new Metrics();
    watchScans(metrics, database.sql);
    scraped = await metrics.scrape();
  });
  afterAll(() => database.drop());

  const shown = (series: string): number | null => {
    const line = scraped.split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? null : Number(line.slice(series.length + 1));
  };

  it('counts images by what is known of them: without a verdict none is clean', () => {
    expect(shown('portus_scanned_images{state="done",worst="high"}')).toBe(2);
    expect(shown('portus_scanned_images{state="done",worst="clean"}')).toBe(1);
    expect(shown('portus_scanned_images{state="failed",worst="no verdict"}')).toBe(1);
    expect(shown('portus_scanned_images{state="unsupported",worst="no verdict"}')).toBe(1);
  });

  it('keeps the last verdict of an image that is scanned again, and tells how old the oldest is', () => {
    expect(shown('portus_scanned_images{state="queued",worst="high"}')).toBe(1);
    expect(shown('portus_fixable_images{worst="high"}')).toBe(2);
    expect(shown('portus_fixable_images{worst="clean"}')).toBe(0);
    const oldest = shown('portus_scan_oldest_verdict_seconds');
    expect(oldest).toBeGreaterThanOrEqual(5000);
    expect(oldest).toBeLessThan(9000);
  });
});
