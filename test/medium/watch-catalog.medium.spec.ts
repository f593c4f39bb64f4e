import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { watchCatalog } from '#persistence/watch-catalog.js';
import { watchDatabase } from '#persistence/watch-database.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { TestDatabase } from '../support/test-database.js';

describe(watchCatalog.name, () => {
  let database: TestDatabase;
  let metrics: Metrics;

  beforeAll(async () => {
    database = await TestDatabase.create();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await database.truncate();
    metrics = new Metrics();
    watchCatalog(metrics, database.sql);
    watchDatabase(metrics, database.sql);
  });

  async function shown(series: string): Promise<number | null> {
    const line = (await metrics.scrape()).split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? null : Number(line.slice(series.length + 1));
  }

  it('shows how many notifications wait, for how long the oldest has, and what ended badly', async () => {
    await database.sql.query(`INSERT INTO registries (id, name, hostname) VALUES (1, 'r', 'r:5000')`);
    await database.sql.query(
      `INSERT INTO registry_events (registry_id, event_id, action, repository, state, received_at)
       SELECT 1, s || g, 'push', 'a/b', s, now() - make_interval(secs => age) FROM
         (VALUES ('received', 2, 50), ('failed', 1, 200), ('dead', 3, 900), ('rejected', 1, 9), ('done', 4, 5000),
                 ('ignored', 2, 4000)) t (s, n, age), generate_series(1, n) g`,
    );
    expect(await shown('portus_inbox_events{state="received"}')).toBe(2);
    expect(await shown('portus_inbox_events{state="failed"}')).toBe(1);
    expect(await shown('portus_inbox_events{state="dead"}')).toBe(3);
    expect(await shown('portus_inbox_events{state="rejected"}')).toBe(1);
    const oldest = await shown('portus_inbox_oldest_seconds');
    expect(oldest).toBeGreaterThanOrEqual(200);
    expect(oldest).toBeLessThan(900);
  });

  it('shows zeros of an empty inbox', async () => {
    expect(await shown('portus_inbox_events{state="received"}')).toBe(0);
    expect(await shown('portus_inbox_oldest_seconds')).toBe(0);
  });

  it('shows since when each registry is known to be equal; nothing of one that never was', async () => {
    await database.sql.query(
      `INSERT INTO registries (name, hostname, names_equal_at, digests_equal_at)
       VALUES ('equal', 'a:5000', now() - interval '10 s', now() - interval '100 s'), ('new', 'b:5000', NULL, NULL)`,
    );
    const age = (registry: string, of: string) =>
      shown(`portus_registry_equal_age_seconds{registry="${registry}",of="${of}"}`);
    expect(Math.floor((await age('equal', 'names'))! / 10)).toBe(1);
    expect(Math.floor((await age('equal', 'digests'))! / 100)).toBe(1);
    expect(await age('new', 'names')).toBeNull();
  });

  it('shows the database, and its connections', async () => {
    expect(await shown('portus_database_up')).toBe(1);
    expect(await shown('portus_database_connections{state="waiting"}')).toBe(0);
    expect(await shown('portus_database_connections{state="idle"}')).toBeGreaterThan(0);
  });
});
