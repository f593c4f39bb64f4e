import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WholeLook } from '#catalog/look.js';
import { Reconciler } from '#catalog/reconciler.js';
import { CatalogBench } from '../support/catalog-bench.js';

const MOST = 5;
const NAMES = 7;
const MANY = 20_000;
const silent = { silent: true };

describe(`${Reconciler.name}, of a repository with many tags`, () => {
  let bench: CatalogBench;
  beforeAll(async () => {
    bench = await CatalogBench.create();
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.reset());

  const look = (deep: boolean, more: Partial<WholeLook> = {}): WholeLook => ({
    deep,
    mayRemove: false,
    confirmBefore: new Date(0),
    runId: 0,
    removals: new Set(),
    dryRun: false,
    ...more,
  });
  const push = (seed: string, count: number) => {
    for (let i = 0; i < count; i++) bench.fake.putImage('team/app', `v${i}`, { seed: `${seed}${i}`, ...silent });
  };
  const reconcile = (deep: boolean) =>
    bench.reconciler(null, { mostManifests: MOST }).reconcile(bench.registry, 'team/app', look(deep));
  const inParts = (deep: boolean, more: Partial<WholeLook> = {}) =>
    bench
      .reconciler(null, { mostManifests: MOST, mostNames: NAMES })
      .reconcile(bench.registry, 'team/app', look(deep, more));
  const most = (calls: { mock: { results: { value: unknown }[] } }) =>
    Promise.all(calls.mock.results.map(async ({ value }) => ((await value) as unknown[]).length)).then((all) =>
      Math.max(...all),
    );
  const equalAt = () =>
    bench.database.sql.query(
      'SELECT names_equal_at IS NOT NULL AS names, digests_equal_at IS NOT NULL AS digests FROM repositories',
    );

  it('stores what it read before it reads more, and says in the end what one look would have said', async () => {
    push('first', 12);
    const storing = vi.spyOn(bench.leases, 'settleAll');
    expect(await reconcile(true)).toMatchObject({ outcome: 'applied', changes: { added: 12 }, left: null });
    expect(storing.mock.calls.length).toBeGreaterThanOrEqual(2);
    storing.mockRestore();
    expect(await bench.stored()).toEqual(bench.held());
    expect(await equalAt()).toEqual([{ names: true, digests: true }]);
    push('second', 12);
    const moved = await reconcile(true);
    expect(moved).toMatchObject({ changes: { moved: 12 }, left: null });
    expect(moved.differences.map(({ tag }) => tag).toSorted()).toEqual(
      Array.from({ length: 12 }, (_, i) => `v${i}`).toSorted(),
    );
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('proves no digests by a look at names, in however many parts', async () => {
    push('first', 12);
    expect(await reconcile(false)).toMatchObject({ changes: { added: 12 } });
    expect(await equalAt()).toEqual([{ names: true, digests: false }]);
  });

  it('keeps what it stored when the registry fails on the way, and calls nothing equal', async () => {
    push('first', 12);
    let asked = 0;
    bench.fake.fault = ({ path }) =>
      path.includes('/manifests/') && ++asked > 8
        ? { status: 404, headers: { 'content-type': 'text/html' }, body: 'a proxy' }
        : undefined;
    const result = await reconcile(true);
    expect(result.failures).toBeGreaterThan(0);
    expect(Object.keys((await bench.stored())['team/app'] ?? {})).toHaveLength(8);
    expect(await equalAt()).toEqual([{ names: false, digests: false }]);
    bench.fake.fault = null;
    await reconcile(true);
    expect(await bench.stored()).toEqual(bench.held());
  });

  it(`finds ${MANY} tags unchanged without reading them into memory`, async () => {
    // Which sends the names of all tags at once.
    await bench.reset({ flavour: '2.8' });
    push('first', 1);
    await reconcile(true);
    await bench.database.sql.query(
      `INSERT INTO tags (repository_id, name, manifest_id)
       SELECT repository_id, 'w' || n, manifest_id FROM tags, generate_series(1, $1::int) n`,
      [MANY],
    );
    for (let i = 1; i <= MANY; i++) bench.fake.retag('team/app', 'v0', `w${i}`, silent);
    const loading = vi.spyOn(bench.catalog, 'compareNames');
    bench.fake.requests.length = 0;
    expect(await reconcile(false)).toMatchObject({ outcome: 'unchanged', questions: 0 });
    expect(loading).not.toHaveBeenCalled();
    loading.mockRestore();
    expect(new Set(bench.fake.requests.map(({ path }) => path))).toEqual(new Set(['/v2/team/app/tags/list']));
    // One name more: what is read is what differs, with one listing.
    bench.fake.retag('team/app', 'v0', 'one-more', silent);
    const comparing = vi.spyOn(bench.catalog, 'compareNames');
    bench.fake.requests.length = 0;
    expect(await reconcile(false)).toMatchObject({ changes: { added: 1 }, questions: 1 });
    expect(await most(comparing)).toBe(1);
    comparing.mockRestore();
    expect(bench.fake.requests.filter(({ path }) => path.endsWith('/tags/list'))).toHaveLength(1);
  });

  it('compares no more names at once than one look may, whatever differs, and misses none', async () => {
    push('first', 30);
    await inParts(true);
    expect(await bench.stored()).toEqual(bench.held());
    for (let i = 0; i < 30; i += 3) bench.fake.deleteTag('team/app', `v${i}`, silent);
    for (let i = 1; i < 30; i += 3) bench.fake.putImage('team/app', `v${i}`, { seed: `moved ${i}`, ...silent });
    for (let i = 0; i < 10; i++) bench.fake.putImage('team/app', `w${i}`, { seed: `new ${i}`, ...silent });
    const comparing = vi.spyOn(bench.catalog, 'compareNames');
    const seen = await inParts(true, { mayRemove: true });
    expect(comparing.mock.calls.length).toBeGreaterThanOrEqual(40 / NAMES);
    expect(await most(comparing)).toBe(NAMES);
    comparing.mockRestore();
    expect(seen).toMatchObject({ changes: { added: 10, moved: 10, missing: 10 }, open: 10, questions: 30, left: null });
    expect(new Set(seen.differences.map(({ tag }) => tag))).toHaveProperty('size', 30);
    expect(await equalAt()).toEqual([{ names: true, digests: true }]);
    const due = { mayRemove: true, confirmBefore: new Date(Date.now() + 60_000) };
    const { planned } = await inParts(false, due);
    expect(planned).toHaveLength(10);
    const run = await bench.sync('names', 'update');
    const gone = await inParts(false, { ...due, runId: run.id, removals: new Set(planned) });
    expect(gone).toMatchObject({ changes: { removed: 10 }, open: 0, left: null });
    expect(gone.removed.toSorted()).toEqual(planned.toSorted());
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('is equal as of the beginning of the first look, and only when each of them found it so', async () => {
    push('first', 30);
    await inParts(true);
    const since = () => bench.database.value<Date>('SELECT digests_equal_at FROM repositories');
    const before = await since();
    bench.fake.deleteTag('team/app', 'v0', silent);
    expect(await inParts(true)).toMatchObject({ open: 1, left: null });
    expect(await since()).toEqual(before);
    bench.fake.putImage('team/app', 'v0', { seed: 'first0', ...silent });
    const begun: Date[] = [];
    const taking = vi.spyOn(bench.leases, 'acquireAll');
    expect(await inParts(true)).toMatchObject({ open: 0, left: null });
    for (const { value } of taking.mock.results) begun.push((await (value as Promise<{ readAt: Date }[]>))[0]!.readAt);
    taking.mockRestore();
    expect(begun.length).toBeGreaterThan(1);
    expect(await since()).toEqual(begun[0]);
  });

  it('a dry run compares all of it and changes nothing', async () => {
    push('first', 30);
    const found = await inParts(true, { dryRun: true });
    expect(found).toMatchObject({ open: 30, left: null });
    expect(await bench.stored()).toEqual({});
  });
});
