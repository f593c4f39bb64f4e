import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigDrain } from '#catalog/config-drain.js';
import type { Fault } from '../fakes/registry.js';
import { CatalogBench } from '../support/catalog-bench.js';

let bench: CatalogBench;
beforeAll(async () => {
  bench = await CatalogBench.create();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const { log: blobReads, forget } = (() => {
  const log: string[] = [];
  return { log, forget: () => log.splice(0) };
})();
/** Answers requests for blobs in its own way, null as always, and notes them. */
function answerBlobs(fault: Fault | null): void {
  bench.fake.fault = ({ path }) => {
    if (!path.includes('/blobs/')) return undefined;
    blobReads.push(path);
    return fault ?? undefined;
  };
}
const broken: Fault = { status: 500, headers: { 'content-type': 'text/plain' }, body: 'no' };
const platforms = async () =>
  (await bench.database.sql.query<{ os: string | null }>('SELECT os FROM manifests ORDER BY id')).map((row) => row.os);
const waiting = () => bench.database.value<number>('SELECT count(*)::int FROM waiting_configs');
const hurry = () => bench.database.sql.query(`UPDATE waiting_configs SET due_at = now()`);
const push = async (count: number) => {
  for (let i = 0; i < count; i++) bench.fake.putImage(`team/app-${i}`, 'v1', { seed: String(i) });
  await bench.deliver();
  await bench.drain().ring();
};

describe(ConfigDrain.name, () => {
  it('completes images that are in the catalog before', async () => {
    await push(3);
    expect(await bench.stored()).toEqual(bench.held());
    expect(await platforms()).toEqual([null, null, null]);
    await bench.configs().ring();
    expect(await platforms()).toEqual(['linux', 'linux', 'linux']);
    expect(await waiting()).toBe(0);
  });

  it('asks again for a configuration that was not answered, and holds up neither tag nor event for it', async () => {
    answerBlobs(broken);
    await push(1);
    await bench.configs().ring();
    expect(await bench.stored()).toEqual(bench.held());
    expect(new Set(await bench.eventStates())).toEqual(new Set(['done']));
    answerBlobs(null);
    await bench.configs().ring();
    expect(await platforms()).toEqual([null]);
    await hurry();
    await bench.configs().ring();
    expect(await platforms()).toEqual(['linux']);
  });

  it('asks once for each, however many workers look', async () => {
    await push(5);
    forget();
    answerBlobs(null);
    await Promise.all([bench.configs().ring(), bench.configs().ring(), bench.configs().ring()]);
    expect(blobReads).toHaveLength(5);
    expect(new Set(await platforms())).toEqual(new Set(['linux']));
  });

  it('lets configurations wait while the catalog is read, but not for ever', async () => {
    await push(2);
    await bench.configs({ isReading: true }).ring();
    expect(await platforms()).toEqual([null, null]);
    await bench.database.sql.query(`UPDATE waiting_configs SET due_at = now() - interval '6 seconds'`);
    await bench.configs({ isReading: true }).ring();
    expect(await platforms()).toEqual(['linux', 'linux']);
  });

  it('waits only so long for a registry that hangs, once for all that waits there', async () => {
    await push(12);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    forget();
    answerBlobs(null);
    bench.fake.gate = ({ path }) => (path.includes('/blobs/') ? released : undefined);
    await bench.configs({ isReading: false }, 100).ring();
    expect(blobReads.length).toBeLessThanOrEqual(8);
    expect(await waiting()).toBe(12);
    bench.fake.gate = null;
    release();
    await hurry();
    await bench.configs().ring();
    expect(new Set(await platforms())).toEqual(new Set(['linux']));
  });

  it('goes on with what it could read when it is stopped, and the rest is due again', async () => {
    await push(1);
    const drain = bench.configs();
    bench.fake.gate = ({ path }) => (path.includes('/blobs/') ? drain.stop().then(() => undefined) : undefined);
    await drain.ring();
    expect([await platforms(), await waiting()]).toEqual([[null], 1]);
    bench.fake.gate = null;
    await hurry();
    await bench.configs().ring();
    expect(await platforms()).toEqual(['linux']);
  });

  it('forgets what is to be read of an image that is deleted', async () => {
    await push(1);
    await bench.database.sql.query('DELETE FROM tags');
    await bench.database.sql.query('DELETE FROM manifests');
    expect(await waiting()).toBe(0);
  });
});
