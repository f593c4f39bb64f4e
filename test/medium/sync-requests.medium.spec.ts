import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SyncRequests } from '#catalog/sync-requests.js';
import { parseEnvelope } from '../../apps/api/src/webhooks/parse-envelope.js';
import { CatalogBench } from '../support/catalog-bench.js';

const silent = { silent: true };
const HOUR = 3_600;

describe(SyncRequests.name, () => {
  let bench: CatalogBench;

  beforeAll(async () => {
    bench = await CatalogBench.create();
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.reset({ flavour: '2.8' }));

  const reject = async (body: string) => {
    await bench.inbox.store(bench.registry.id, parseEnvelope(Buffer.from(body), false, 'portus').events);
  };
  const slots = () => bench.runs.latest(bench.registry.id, 50).then((runs) => runs.map((run) => String(run['slot'])));
  const schedule = (interval: number) =>
    bench.requests.schedule({ strategy: 'update', interval, deepInterval: HOUR, processId: 'p1' });

  it('asks for a repair after each rejected notification, also when the last repair is a moment old', async () => {
    await reject('nonsense');
    expect(await bench.requests.repair()).toBe(true);
    await bench.runner().ring();
    expect(await bench.requests.repair()).toBe(false);
    await reject('other nonsense');
    expect(await bench.requests.repair()).toBe(true);
    await bench.runner().ring();
    await reject('other nonsense');
    expect(await bench.requests.repair()).toBe(true);
  });

  it('follows the strategy that a registry has of its own, and the settings for others', async () => {
    const other = await bench.addRegistry('other.test:5000');
    await bench.registries.update(other.id, { syncStrategy: 'update-delete' });
    const facts = { interval: HOUR, deepInterval: HOUR, processId: 'p1' };
    expect(await bench.requests.schedule({ ...facts, strategy: 'initial' })).toBe(true);
    const asked = async (id: number) => (await bench.runs.latest(id, 9)).map(({ mode, strategy }) => [mode, strategy]);
    expect(await asked(bench.registry.id)).toEqual([['deep', 'initial']]);
    const own = [
      ['names', 'update-delete'],
      ['deep', 'update-delete'],
    ];
    expect(await asked(other.id)).toEqual(own);
    await bench.registries.update(other.id, { name: 'renamed' });
    expect((await bench.registries.find(other.id))?.syncStrategy).toBe('update-delete');
    await bench.registries.update(other.id, { syncStrategy: null });
    await bench.requests.schedule({ ...facts, strategy: 'initial' });
    expect(await asked(other.id)).toEqual([['deep', 'initial'], ...own]);
  });

  it('finds what was lost with a rejected notification', async () => {
    bench.fake.putImage('team/app', 'v1', silent);
    await reject('the push of it, garbled');
    await bench.requests.repair();
    await bench.runner().ring();
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('notes a restarted registry and asks for its repair in one step, once (trap 29)', async () => {
    const { id } = bench.registry;
    expect(await bench.registries.noteInstance(id, 'first')).toBe(false);
    expect(await bench.registries.noteInstance(id, 'second')).toBe(true);
    expect(await bench.registries.noteInstance(id, 'second')).toBe(false);
    expect(await slots()).toEqual(['instance:second']);
  });

  it('imports under initial, also when a notification came first', async () => {
    for (const name of ['old-1', 'old-2']) bench.fake.putImage(`team/${name}`, 'v1', silent);
    bench.fake.putImage('team/new', 'v1');
    await bench.deliver();
    await bench.drain().ring();
    expect(
      await bench.requests.schedule({ strategy: 'initial', interval: 60, deepInterval: 60, processId: 'p1' }),
    ).toBe(true);
    await bench.runner().ring();
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('tries an import until it is whole', async () => {
    for (let i = 0; i < 3; i++) bench.fake.putImage(`team/app-${i}`, 'v1', silent);
    bench.fake.fault = ({ path }) => (path === '/v2/team/app-1/tags/list' ? 'hangup' : undefined);
    await bench.runs.request(bench.registry.id, 'initial', 'deep', 'initial');
    await bench.runner().ring();
    expect(await bench.lastRun()).toMatchObject({
      state: 'queued',
      outcome: expect.stringContaining('1 could not be read'),
    });
    bench.fake.fault = null;
    await bench.database.sql.query('UPDATE sync_runs SET expires_at = NULL');
    await bench.runner().ring();
    expect(await bench.lastRun()).toMatchObject({ state: 'done' });
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('lets no slots of a schedule pile up behind a pass that takes long', async () => {
    await schedule(1);
    const before = (await slots()).length;
    await bench.database.sql.query(`UPDATE sync_runs SET slot = slot || '0', state = 'running' WHERE mode = 'names'`);
    await schedule(2);
    await schedule(3);
    expect((await slots()).length).toBe(before);
    await bench.database.sql.query(`UPDATE sync_runs SET state = 'done' WHERE mode = 'names'`);
    expect(await schedule(5)).toBe(true);
  });

  it('uses up no ids while nothing is due', async () => {
    const ask = async () => {
      await bench.requests.schedule({ strategy: 'update', interval: 900_000, deepInterval: 900_000, processId: 'p1' });
      await bench.requests.schedule({ strategy: 'initial', interval: 60, deepInterval: 60, processId: 'p1' });
      await bench.requests.repair();
    };
    await reject('nonsense');
    await ask();
    const last = () => bench.database.value<string>('SELECT last_value FROM sync_runs_id_seq');
    const before = await last();
    for (let i = 0; i < 5; i++) await ask();
    expect(await last()).toBe(before);
  });

  it('calls nothing equal while a stored tag is not listed, first seen so or not', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a', ...silent });
    bench.fake.putImage('team/app', 'v2', { seed: 'b', ...silent });
    await bench.sync('deep', 'update');
    const equal = () => bench.database.value<Date | null>('SELECT digests_equal_at FROM registries');
    const first = await equal();
    expect(first).not.toBeNull();
    bench.fake.deleteManifest('team/app', bench.held()['team/app']!['v2']!, silent);
    for (let i = 0; i < 3; i++) await bench.sync('deep', 'update');
    expect(await equal()).toEqual(first);
  });
});
