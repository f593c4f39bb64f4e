import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PullsRepository } from '#persistence/pulls.repository.js';
import { parseEnvelope } from '../../apps/api/src/webhooks/parse-envelope.js';
import { CatalogBench } from '../support/catalog-bench.js';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

let bench: CatalogBench;
let sut: PullsRepository;
let made = 0;
beforeAll(async () => {
  bench = await CatalogBench.create();
  sut = new PullsRepository(bench.database.sql);
});
afterAll(() => bench.close());

interface Asked {
  tag?: string;
  digest?: string;
  method?: string;
  actor?: string;
  addr?: string;
  id?: string;
  mediaType?: string;
  timestamp?: string;
}

describe(PullsRepository.name, () => {
  let v1: string;

  beforeEach(async () => {
    await bench.reset();
    v1 = bench.fake.putImage('team/app', 'v1', { seed: 'a' }).manifest.digest;
    await bench.handleEvents();
  });

  /** As the registry tells of it, through the door. */
  async function ask(asked: Asked): Promise<void> {
    const { tag, digest = v1, method = 'GET', actor = 'alice', addr = '192.0.2.1:1234', id = `p${made++}` } = asked;
    const { mediaType = MANIFEST, timestamp = new Date().toISOString() } = asked;
    const target = { mediaType, digest, repository: 'team/app', ...(tag === undefined ? {} : { tag }) };
    const event = { id, action: 'pull', timestamp, target, request: { method, addr }, actor: { name: actor } };
    const { pulls } = parseEnvelope(Buffer.from(JSON.stringify({ events: [event] })), false, 'portus');
    await bench.inbox.storePulls(bench.registry.id, pulls);
  }
  const fold = () => sut.fold(1_000, 0);
  const counts = async () => {
    const rows = await bench.database.sql.query<{ name: string; n: number }>(
      'SELECT name, pull_count::int AS n FROM tags WHERE pull_count > 0 ORDER BY name',
    );
    return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
  };

  it('counts pulls by tag and day, and on the repository', async () => {
    await ask({ tag: 'v1' });
    await ask({ tag: 'v1' });
    await ask({ tag: 'v1', timestamp: '2026-01-02T23:59:59.999Z' });
    await ask({ tag: 'v1', timestamp: '2026-01-03T03:00:00+05:00' });
    expect(await fold()).toBe(4);
    expect(await counts()).toEqual({ v1: 4 });
    const id = await bench.database.value<number>('SELECT id FROM repositories');
    expect(await sut.days(id, 'v1', '2026-01-01', '2026-01-31')).toEqual([{ day: '2026-01-02', pulls: 2 }]);
    expect(await bench.database.value('SELECT pull_count::int FROM repositories')).toBe(4);
    expect(await bench.database.value("SELECT pulled_at > now() - interval '1 minute' FROM repositories")).toBe(true);
    expect(await bench.database.value('SELECT count(*)::int FROM pull_events')).toBe(0);
  });

  it('counts what a notification tells once, however often it comes', async () => {
    for (let i = 0; i < 3; i++) await ask({ tag: 'v1', id: 'same' });
    await fold();
    expect(await counts()).toEqual({ v1: 1 });
  });

  it('counts no HEAD, no blob and nothing of our own (trap 26)', async () => {
    await ask({ tag: 'v1', method: 'HEAD' });
    await ask({ mediaType: 'application/octet-stream' });
    await ask({ tag: 'v1', actor: 'portus' });
    await ask({ tag: 'v1', method: 'HEAD', actor: 'portus' });
    expect(await fold()).toBe(0);
    expect(await counts()).toEqual({});
    expect(await bench.database.value('SELECT count(*)::int FROM tags WHERE pulled_at IS NOT NULL')).toBe(0);
  });

  it('gives a GET by digest to the tag for which the same client had asked', async () => {
    bench.fake.retag('team/app', 'v1', 'latest');
    await bench.handleEvents();
    await ask({ tag: 'latest', method: 'HEAD' });
    await ask({});
    await ask({ actor: 'bob' });
    await ask({ addr: '192.0.2.2:1234' });
    await ask({ addr: '192.0.2.1:4321' });
    await fold();
    expect(await counts()).toEqual({ latest: 2 });
  });

  it('gives one by digest alone to its only tag, and to nobody where two have it or an index is meant', async () => {
    await ask({});
    await fold();
    expect(await counts()).toEqual({ v1: 1 });
    bench.fake.retag('team/app', 'v1', 'latest');
    await bench.handleEvents();
    await ask({});
    await fold();
    expect(await counts()).toEqual({ v1: 1 });
    expect(await bench.database.value('SELECT count(*)::int FROM tags WHERE pulled_at IS NOT NULL')).toBe(2);
    const { children } = bench.fake.putIndex('team/app', 'multi', [{ seed: 'x' }]);
    bench.fake.retag('team/app', children[0]!.manifest.digest, 'multi-amd64');
    await bench.handleEvents();
    await ask({ digest: children[0]!.manifest.digest });
    await fold();
    expect(await counts()).toEqual({ v1: 1 });
  });

  it('waits until repetitions must have come, and forgets HEADs later', async () => {
    await ask({ tag: 'v1', method: 'HEAD' });
    await ask({ tag: 'v1' });
    expect(await sut.fold(1_000)).toBe(0);
    await bench.database.sql.query(`UPDATE pull_events SET received_at = now() - interval '3 minutes'`);
    expect(await sut.fold(1_000)).toBe(1);
    expect(await bench.database.value('SELECT count(*)::int FROM pull_events')).toBe(0);
  });

  it('takes a time in the future for now, and drops what nobody knows', async () => {
    await ask({ tag: 'v1', timestamp: '2999-01-01T00:00:00Z' });
    await ask({ tag: 'unknown' });
    await ask({ digest: `sha256:${'0'.repeat(64)}` });
    expect(await fold()).toBe(3);
    expect(await counts()).toEqual({ v1: 1 });
    expect(await bench.database.value('SELECT max(day) <= current_date + 1 FROM pull_counts')).toBe(true);
  });

  it('folds a bounded number at a time, by one worker at a time, and never in the way of a writer', async () => {
    for (let i = 0; i < 30; i++) await ask({ tag: 'v1' });
    expect(await sut.fold(10, 0)).toBe(10);
    await Promise.all(Array.from({ length: 8 }, fold));
    await bench.database.sql.transaction(async (sql) => {
      await sql.query('UPDATE tags SET updated_at = now()');
      await ask({ tag: 'v1' });
      expect(await fold()).toBe(0);
    });
    while ((await fold()) > 0);
    expect(await counts()).toEqual({ v1: 31 });
  });

  it('forgets days that are too old', async () => {
    await ask({ tag: 'v1', timestamp: '2024-01-01T00:00:00Z' });
    await ask({ tag: 'v1' });
    await fold();
    await sut.purge(400, 100);
    expect(await bench.database.value('SELECT count(*)::int FROM pull_counts')).toBe(1);
    expect(await counts()).toEqual({ v1: 2 });
  });
});
