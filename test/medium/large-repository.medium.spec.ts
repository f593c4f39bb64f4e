import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WholeLook } from '#catalog/look.js';
import { Reconciler } from '#catalog/reconciler.js';
import { CatalogBench } from '../support/catalog-bench.js';

const MOST = 5;
const MANY = 20_000;
const silent = { silent: true };

describe(`${Reconciler.name}, of a repository with many tags`, () => {
  let bench: CatalogBench;
  beforeAll(async () => {
    bench = await CatalogBench.create();
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.reset());

  const look = (deep: boolean): WholeLook => ({
    deep,
    mayRemove: false,
    confirmBefore: new Date(0),
    runId: 0,
    removals: new Set(),
    dryRun: false,
  });
  const push = (seed: string, count: number) => {
    for (let i = 0; i < count; i++) bench.fake.putImage('team/app', `v${i}`, { seed: `${seed}${i}`, ...silent });
  };
  const reconcile = (deep: boolean) =>
    bench.reconciler(null, { mostManifests: MOST }).reconcile(bench.registry, 'team/app', look(deep));
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
    push('first', 1);
    await reconcile(true);
    await bench.database.sql.query(
      `INSERT INTO tags (repository_id, name, manifest_id)
       SELECT repository_id, 'w' || n, manifest_id FROM tags, generate_series(1, $1::int) n`,
      [MANY],
    );
    for (let i = 1; i <= MANY; i++) bench.fake.retag('team/app', 'v0', `w${i}`, silent);
    const loading = vi.spyOn(bench.catalog, 'load');
    bench.fake.requests.length = 0;
    expect(await reconcile(false)).toMatchObject({ outcome: 'unchanged', questions: 0 });
    expect(loading).not.toHaveBeenCalled();
    loading.mockRestore();
    expect(new Set(bench.fake.requests.map(({ path }) => path))).toEqual(new Set(['/v2/team/app/tags/list']));
  });
});
