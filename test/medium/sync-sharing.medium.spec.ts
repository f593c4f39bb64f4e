import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SyncRunner } from '#catalog/sync-runner.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { until } from '../support/until.js';

const silent = { silent: true };
const DEAD = '00000000-0000-4000-8000-00000000dead';

describe(`${SyncRunner.name}s that share runs`, () => {
  let bench: CatalogBench;
  beforeAll(async () => {
    bench = await CatalogBench.create();
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.reset({ flavour: '3' }));

  const push = (count: number) => {
    for (let i = 0; i < count; i++) bench.fake.putImage(`team/app-${i}`, 'v1', { seed: `${i}`, ...silent });
  };
  const ask = (slot = 'deep:1') => bench.runs.request(bench.registry.id, slot, 'deep', 'update');
  const looks = () => bench.fake.requests.filter(({ path }) => path.endsWith('/tags/list')).map(({ path }) => path);
  const holders = () =>
    bench.database.value<number>(`SELECT count(DISTINCT holder)::int FROM sync_batches WHERE state = 'claimed'`);

  it('take their parts of one run, and look at each repository once', async () => {
    push(260);
    await ask();
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    bench.fake.gate = ({ path }) => (path.endsWith('/tags/list') ? released : undefined);
    const first = bench.runner();
    const leading = first.ring();
    await until('the listing is complete', () =>
      bench.database.value<boolean>(`SELECT stage = 'looking' FROM sync_runs`),
    );
    expect(first.busy).toBe(true);
    const helping = bench.runner().ring();
    await until('two workers hold batches', async () => (await holders()) === 2);
    release();
    await Promise.all([leading, helping]);
    expect(await bench.lastRun()).toMatchObject({ state: 'done', listed: 260, done: 260, changes: { added: 260 } });
    expect(looks()).toHaveLength(260);
    expect(await bench.stored()).toEqual(bench.held());
    expect(await bench.database.value('SELECT count(*)::int FROM sync_batches')).toBe(0);
  });

  it('go on with a listing at the page where it was left', async () => {
    push(35);
    await ask();
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const isThird = ({ query }: { query: URLSearchParams }) => query.get('last')?.startsWith('team/app-2') ?? false;
    bench.fake.gate = (request) => (isThird(request) ? released : undefined);
    const killed = bench.runner();
    const running = killed.ring();
    await until('a later page is asked for', () => bench.fake.requests.some(isThird));
    await killed.stop();
    await running;
    release();
    bench.fake.gate = null;
    expect(await bench.lastRun()).toMatchObject({ state: 'queued' });
    bench.fake.requests.length = 0;
    await bench.runner().ring();
    const pages = bench.fake.requests.filter(({ path }) => path === '/v2/_catalog');
    expect(pages.every(({ query }) => query.has('last'))).toBe(true);
    expect(await bench.lastRun()).toMatchObject({ state: 'done', listed: 35, done: 35 });
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('do again what a killed one had in its hands, and nothing else', async () => {
    push(60);
    await ask();
    const run = (await bench.runs.claim(DEAD, 60, 0))!;
    const names = [...bench.fake.snapshot().keys()].sort();
    await bench.batches.begin(run.id, bench.registry.id, true);
    await bench.batches.addPage({ id: run.id, holder: DEAD }, { names, skip: new Set(), cursor: null, illegal: [] });
    await bench.batches.endListing({ id: run.id, holder: DEAD, registryId: bench.registry.id });
    const [done, lost] = [await bench.batches.claim(DEAD, 60, run.id), await bench.batches.claim(DEAD, 60, run.id)];
    const nothing = { failed: [], changes: {}, planned: [], open: 0, differences: [], removed: [] };
    await bench.batches.complete(done!, DEAD, nothing);
    for (const table of ['sync_runs', 'sync_batches'])
      await bench.database.sql.query(`UPDATE ${table} SET expires_at = now() - interval '1 second' WHERE holder = $1`, [
        DEAD,
      ]);
    await bench.runner().ring();
    expect(await bench.lastRun()).toMatchObject({ state: 'done', done: 60 });
    expect(looks()).toHaveLength(35);
    // What the killed one says later counts no more.
    await bench.batches.complete(lost!, DEAD, { ...nothing, changes: { added: 1000 } });
    expect((await bench.lastRun()).changes).toEqual({ added: 35 });
    expect(
      await bench.batches.addPage({ id: run.id, holder: DEAD }, { names, skip: new Set(), cursor: null, illegal: [] }),
    ).toBe(false);
  });

  it('ask again only for what could not be read', async () => {
    push(30);
    bench.fake.fault = ({ path }) => (path === '/v2/team/app-7/tags/list' ? { status: 403 } : undefined);
    await bench.runs.request(bench.registry.id, 'initial', 'deep', 'initial');
    await bench.runner().ring();
    expect(await bench.lastRun()).toMatchObject({ state: 'queued', done: 29, failed: 0 });
    bench.fake.fault = null;
    bench.fake.requests.length = 0;
    await bench.database.sql.query('UPDATE sync_runs SET expires_at = NULL');
    await bench.runner().ring();
    expect(looks()).toEqual(['/v2/team/app-7/tags/list']);
    expect(await bench.lastRun()).toMatchObject({
      state: 'done',
      done: 30,
      failed: 0,
      open: 0,
      changes: { added: 30 },
    });
  });

  it('give up together when the registry goes away, and go on when it is back', async () => {
    push(60);
    await bench.runs.request(bench.registry.id, 'initial', 'deep', 'initial');
    bench.fake.fault = ({ path }) => (path.endsWith('/tags/list') ? 'hangup' : undefined);
    await bench.runner().ring();
    expect(await bench.lastRun()).toMatchObject({ state: 'queued', listed: 60 });
    expect(looks().length).toBeLessThan(60 * 3);
    expect(await bench.registries.find(bench.registry.id)).toMatchObject({ lastErrorCode: 'CONNECTION_LOST' });
    bench.fake.fault = null;
    await bench.database.sql.query('UPDATE sync_runs SET expires_at = NULL');
    await bench.runner().ring();
    expect(await bench.lastRun()).toMatchObject({ state: 'done', listed: 60, done: 60, open: 0 });
    expect(await bench.stored()).toEqual(bench.held());
    expect(await bench.registries.find(bench.registry.id)).toMatchObject({ failingSince: null });
  });

  it('ask once for an unchanged repository, and begin a deep run with what changed last', async () => {
    push(30);
    await bench.sync('deep', 'update');
    bench.fake.requests.length = 0;
    await bench.sync('names', 'update');
    expect(bench.fake.requests.map(({ method }) => method)).toEqual(Array.from({ length: 33 }, () => 'GET'));
    expect(looks()).toHaveLength(30);
    bench.fake.putImage('team/app-9', 'v2', { seed: 'later' });
    await bench.handleEvents();
    bench.fake.requests.length = 0;
    expect(await bench.sync('deep', 'update')).toMatchObject({ listed: 30, done: 30, changes: {} });
    expect(looks()[0]).toBe('/v2/team/app-9/tags/list');
    expect(looks()).toHaveLength(30);
    const read = bench.fake.requests.filter(({ path }) => path.includes('/manifests/'));
    expect(read.every(({ headers }) => headers['if-none-match'] !== undefined)).toBe(true);
  });
});
