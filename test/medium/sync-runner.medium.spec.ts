import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SyncRequests } from '#catalog/sync-requests.js';
import { SyncRunner } from '#catalog/sync-runner.js';
import { SYNC_STRATEGIES } from '#domain/sync/strategy.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { until } from '../support/until.js';

let bench: CatalogBench;
beforeAll(async () => {
  bench = await CatalogBench.create();
});
afterAll(() => bench.close());

const silent = { silent: true };
const pushMany = (count: number) => {
  for (let i = 0; i < count; i++) bench.fake.putImage(`team/app-${i}`, 'v1', { seed: `${i}`, ...silent });
};
const datesOfEquality = async () =>
  (
    await bench.database.sql.query(
      'SELECT names_equal_at IS NOT NULL AS names, digests_equal_at IS NOT NULL AS digests FROM registries',
    )
  )[0];

describe.each(['2.8', '3'] as const)(`${SyncRunner.name} on registry %s`, (flavour) => {
  beforeEach(() => bench.reset({ flavour }));

  it.each(SYNC_STRATEGIES)('imports everything under %s, over several pages', async (strategy) => {
    pushMany(25);
    const run = await bench.sync('deep', strategy);
    expect(run).toMatchObject({ state: 'done', listed: 25, done: 25, failed: 0, changes: { added: 25 } });
    expect(await bench.stored()).toEqual(bench.held());
    expect(await datesOfEquality()).toEqual({ names: true, digests: true });
  });

  it('finds a lost retag by a deep run, and not by one of names', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a', ...silent });
    await bench.sync('deep', 'update');
    bench.fake.putImage('team/app', 'v1', { seed: 'b', ...silent });
    bench.fake.putImage('team/app', 'v2', { seed: 'b', ...silent });
    expect((await bench.sync('names', 'update')).changes).toEqual({ added: 1 });
    expect((await bench.sync('deep', 'update')).changes).toEqual({ moved: 1 });
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('asks a second time before it removes, and only under a strategy that may', async () => {
    pushMany(3);
    await bench.sync('deep', 'update-delete');
    bench.fake.deleteManifest('team/app-0', bench.held()['team/app-0']!['v1']!, silent);
    bench.fake.forgetRepository('team/app-1');
    expect((await bench.sync('deep', 'update-delete')).changes).toEqual({ missing: 2 });
    expect(Object.keys(await bench.stored())).toHaveLength(3);
    expect((await bench.sync('deep', 'update')).changes).toEqual({});
    expect(Object.keys(await bench.stored())).toHaveLength(3);
    expect((await bench.sync('names', 'update-delete')).changes).toEqual({ removed: 2 });
    expect(await bench.stored()).toEqual(bench.held());
    await bench.sync('names', 'update-delete');
    expect(await datesOfEquality()).toMatchObject({ names: true });
  });

  it('removes nothing whose absence is not old enough', async () => {
    pushMany(2);
    await bench.sync('deep', 'update-delete');
    bench.fake.forgetRepository('team/app-0');
    for (let i = 0; i < 3; i++) await bench.sync('deep', 'update-delete', { confirmationSeconds: 3600 });
    expect(Object.keys(await bench.stored())).toHaveLength(2);
  });

  it('forgets an absence when the tag is seen again', async () => {
    pushMany(2);
    await bench.sync('deep', 'update-delete');
    const image = bench.held()['team/app-0']!['v1']!;
    bench.fake.deleteManifest('team/app-0', image, silent);
    await bench.sync('deep', 'update-delete');
    bench.fake.putImage('team/app-0', 'v1', { seed: '0', ...silent });
    await bench.sync('names', 'update-delete');
    expect(await bench.database.value('SELECT count(*)::int FROM tags WHERE absent_since IS NOT NULL')).toBe(0);
    bench.fake.deleteManifest('team/app-0', image, silent);
    expect((await bench.sync('deep', 'update-delete')).changes).toEqual({ missing: 1 });
  });

  it('removes nothing when the registry lists nothing, and says why', async () => {
    pushMany(3);
    await bench.sync('deep', 'update-delete');
    bench.fake.clear();
    // Once there is something to say yes to, one run waits for it, and later ones do not ask again.
    for (const state of ['held', 'waiting', 'held']) {
      const run = await bench.sync('deep', 'update-delete');
      expect(run.state).toBe(state);
      expect(run.outcome).toContain('the registry listed nothing while 3 repositories are known; nothing was removed');
    }
    expect(Object.keys(await bench.stored())).toHaveLength(3);
  });

  it('removes nothing when too many repositories are missing', async () => {
    pushMany(40);
    await bench.sync('deep', 'update-delete');
    for (let i = 0; i < 21; i++) bench.fake.forgetRepository(`team/app-${i}`);
    for (const state of ['held', 'waiting']) {
      const run = await bench.sync('deep', 'update-delete');
      expect(run).toMatchObject({
        state,
        outcome: expect.stringContaining('21 of 40 repositories are missing'),
      });
    }
    expect(Object.keys(await bench.stored())).toHaveLength(40);
    bench.fake.putImage('team/app-0', 'v1', { seed: '0', ...silent });
    for (let i = 0; i < 2; i++) expect((await bench.sync('deep', 'update-delete')).state).toBe('done');
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('removes no more tags at once than is plausible', async () => {
    for (let i = 0; i < 30; i++) bench.fake.putImage('team/app', `v${i}`, { seed: `${i}`, ...silent });
    await bench.sync('deep', 'update-delete');
    for (const [tag, digest] of Object.entries(bench.held()['team/app']!))
      if (tag !== 'v0') bench.fake.deleteManifest('team/app', digest, silent);
    await bench.sync('deep', 'update-delete');
    const run = await bench.sync('deep', 'update-delete');
    expect(run).toMatchObject({
      state: 'waiting',
      outcome: expect.stringContaining('29 of 30 tags are gone, more than the 20'),
    });
    expect(Object.keys((await bench.stored())['team/app']!)).toHaveLength(30);
  });

  it('removes nothing when a page of the catalog fails, and repairs what it could read', async () => {
    pushMany(25);
    await bench.sync('deep', 'update-delete');
    bench.fake.forgetRepository('team/app-1');
    await bench.sync('deep', 'update-delete');
    bench.fake.fault = ({ path, query }) => (path === '/v2/_catalog' && query.get('last') ? 'hangup' : undefined);
    const run = await bench.sync('deep', 'update-delete');
    expect(run.state).toBe('failed');
    expect(run.outcome).not.toBe('');
    expect(Object.keys(await bench.stored())).toHaveLength(25);
  });

  it('counts a repository that it may not read, and repairs the others', async () => {
    pushMany(3);
    const body = '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}';
    const refusal = { status: 401, headers: { 'content-type': 'application/json' }, body };
    bench.fake.fault = ({ path }) => (path === '/v2/team/app-1/tags/list' ? refusal : undefined);
    const run = await bench.sync('deep', 'update-delete');
    expect(run).toMatchObject({
      state: 'done',
      done: 3,
      failed: 1,
      outcome: expect.stringContaining('1 could not be read'),
    });
    expect(Object.keys(await bench.stored()).sort()).toEqual(['team/app-0', 'team/app-2']);
    expect(await datesOfEquality()).toEqual({ names: false, digests: false });
  });

  it('does not take a proxy for a registry that lost its tags', async () => {
    pushMany(2);
    await bench.sync('deep', 'update-delete');
    bench.fake.fault = ({ path }) =>
      path === '/v2/_catalog' ? undefined : { status: 404, headers: { 'content-type': 'text/html' }, body: 'not here' };
    for (let i = 0; i < 3; i++) await bench.sync('deep', 'update-delete');
    expect(Object.keys(await bench.stored())).toHaveLength(2);
  });

  it.each([
    ['/v2/_catalog', { repositories: ['team/app-0'] }],
    ['/v2/team/app-1/tags/list', { name: 'team/app-1', tags: [] }],
  ])('removes nothing that only %s leaves out', async (path, listing) => {
    pushMany(2);
    await bench.sync('deep', 'update-delete');
    const reply = { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(listing) };
    bench.fake.fault = (request) => (request.path === path ? reply : undefined);
    for (let i = 0; i < 3; i++) await bench.sync('deep', 'update-delete');
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('handles waiting notifications on its way', async () => {
    bench.fake.putImage('team/app', 'v1', { actor: 'alice' });
    await bench.deliver();
    await bench.sync('deep', 'update');
    expect(await bench.database.value('SELECT username FROM tags')).toBe('alice');
    expect(await bench.eventStates()).toEqual(['done']);
  });
});

describe('runs', () => {
  beforeEach(() => bench.reset());

  it('are worked off by one of many workers each, and a killed worker is replaced', async () => {
    pushMany(3);
    await bench.runs.request(bench.registry.id, 'deep:1', 'deep', 'update');
    const dead = await bench.runs.claim('00000000-0000-4000-8000-00000000dead', 60, 0);
    expect(dead).not.toBeNull();
    await bench.runner().ring();
    expect(await bench.lastRun()).toMatchObject({ state: 'running' });
    await bench.database.sql.query(`UPDATE sync_runs SET expires_at = now() - interval '1 second'`);
    expect(await bench.runs.hasOpen()).toBe(true);
    await Promise.all([1, 2, 3].map(() => bench.runner().ring()));
    expect(await bench.lastRun()).toMatchObject({ state: 'done', listed: 3 });
    expect(await bench.runs.lead(dead!.id, '00000000-0000-4000-8000-00000000dead', 60)).toBeNull();
    expect(await bench.stored()).toEqual(bench.held());
  });

  it.each([
    ['its first question', () => true],
    ['a manifest', (path: string) => path.includes('/manifests/')],
  ])('that are stopped while %s is not answered go back to the queue at once', async (_, held) => {
    pushMany(3);
    await bench.runs.request(bench.registry.id, 'deep:1', 'deep', 'update');
    const runner = bench.runner();
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    bench.fake.gate = ({ path }) => (held(path) ? released : undefined);
    const running = runner.ring();
    await until('the run waits for an answer', () => bench.fake.requests.some(({ path }) => held(path)));
    await runner.stop();
    await running;
    expect(await bench.lastRun()).toMatchObject({ state: 'queued' });
    release();
    await bench.runner().ring();
    expect(await bench.lastRun()).toMatchObject({ state: 'done' });
  });

  it.each([
    ['names:1', 'update', 'failed'],
    ['initial', 'initial', 'queued'],
    ['instance:1', 'update', 'queued'],
    ['repair:1', 'update', 'queued'],
  ] as const)('%s under %s end %s while the registry is down', async (slot, strategy, state) => {
    await bench.fake.stop();
    await bench.runs.request(bench.registry.id, slot, 'deep', strategy);
    await bench.runner().ring();
    expect(await bench.lastRun()).toMatchObject({ state });
  });

  it('are made once for a period, by however many schedulers', async () => {
    const facts = { interval: 1_000_000, deepInterval: 1_000_000, processId: 'p1' };
    const ask = (strategy: (typeof SYNC_STRATEGIES)[number], processId = 'p1') => {
      const requests = new SyncRequests(bench.runs, bench.registries);
      return requests.schedule({ ...facts, processId, strategy });
    };
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('update')));
    expect(answers.filter(Boolean).length).toBeGreaterThan(0);
    expect(await bench.database.value('SELECT count(*)::int FROM sync_runs')).toBe(2);
    expect([await ask('on-start'), await ask('on-start'), await ask('on-start', 'p2')]).toEqual([true, false, true]);
    expect([await ask('initial'), await ask('initial')]).toEqual([true, false]);
  });
});
