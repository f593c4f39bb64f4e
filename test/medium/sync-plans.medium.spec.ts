import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SyncPlansRepository } from '#persistence/sync-plans.repository.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { until } from '../support/until.js';

const silent = { silent: true };
const nothing = async () => undefined;
const DEAD = '00000000-0000-4000-8000-00000000dead';

describe(SyncPlansRepository.name, () => {
  let bench: CatalogBench;
  beforeAll(async () => {
    bench = await CatalogBench.create();
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.reset({ flavour: '3' }));

  const push = (count: number, from = 0) => {
    for (let i = from; i < from + count; i++) bench.fake.putImage(`team/app-${i}`, 'v1', { seed: `${i}`, ...silent });
  };
  const forget = (count: number) => {
    for (let i = 0; i < count; i++) bench.fake.forgetRepository(`team/app-${i}`);
  };
  const storedCount = async () => Object.keys(await bench.stored()).length;
  const drift = async () => {
    const { latest, deep } = await bench.plans.compared(bench.registry.id);
    return bench.differences.drift(bench.registry.id, { latest: latest!.id, deep: deep?.id ?? 0 }, 0, 100);
  };
  /** 21 of 40 repositories are gone, and a plan waits. */
  const waitingPlan = async () => {
    push(40);
    await bench.sync('deep', 'update-delete');
    forget(21);
    await bench.sync('deep', 'update-delete');
    const run = await bench.sync('deep', 'update-delete');
    expect(run).toMatchObject({ state: 'waiting', planned: 21, missing: 21 });
    return run;
  };

  it('keeps a plan until somebody says yes, and then asks for each tag again', async () => {
    const plan = await waitingPlan();
    expect(await storedCount()).toBe(40);
    expect(await bench.differences.plan(plan.id, 100)).toHaveLength(21);
    push(1);
    expect(await bench.plans.approve(bench.registry.id, plan.id, 'alice', nothing)).toBe(true);
    expect(await bench.plans.approve(bench.registry.id, plan.id, 'alice', nothing)).toBe(false);
    bench.fake.requests.length = 0;
    await bench.runner().ring();
    expect(await bench.plans.find(bench.registry.id, plan.id)).toMatchObject({
      state: 'done',
      approvedBy: 'alice',
      changes: { removed: 20 },
      restorable: 20,
    });
    expect(await bench.stored()).toEqual(bench.held());
    expect(bench.fake.requests.filter(({ path }) => path.endsWith('/tags/list'))).toHaveLength(21);
    expect(bench.fake.requests.some(({ path }) => path === '/v2/_catalog')).toBe(false);
  });

  it('removes the tags of the plan only, though another one of the repository is gone for as long', async () => {
    push(40);
    bench.fake.putImage('team/app-0', 'v2', { seed: 'more', ...silent });
    await bench.sync('deep', 'update-delete');
    forget(21);
    await bench.sync('deep', 'update-delete');
    // Back while the plan is made, and gone again when it is carried out.
    bench.fake.putImage('team/app-0', 'v2', { seed: 'more', ...silent });
    const plan = await bench.sync('deep', 'update-delete', { minimum: 19 });
    expect(plan).toMatchObject({ state: 'waiting', planned: 21 });
    forget(1);
    await bench.database.sql.query(`UPDATE tags SET absent_since = '2020-01-01' WHERE name = 'v2'`);
    await bench.plans.approve(bench.registry.id, plan.id, 'alice', nothing);
    await bench.runner().ring();
    expect(await bench.plans.find(bench.registry.id, plan.id)).toMatchObject({ state: 'done', restorable: 21 });
    expect((await bench.stored())['team/app-0']).toEqual({ v2: expect.any(String) });
  });

  it('removes nothing of an approved plan while the registry does not answer', async () => {
    const plan = await waitingPlan();
    await bench.plans.approve(bench.registry.id, plan.id, 'alice', nothing);
    bench.fake.fault = () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: 'not here' });
    await bench.runner().ring();
    expect(await storedCount()).toBe(40);
    expect(await bench.registries.find(bench.registry.id)).toMatchObject({ lastErrorCode: 'INCOMPLETE' });
  });

  it('goes on with an approved plan where a killed worker left it', async () => {
    const plan = await waitingPlan();
    await bench.plans.approve(bench.registry.id, plan.id, 'alice', nothing);
    const dead = await bench.runs.claim(DEAD, 60, 0);
    await bench.batches.beginRemoving(dead!.id, DEAD);
    await bench.batches.claim(DEAD, 60, dead!.id);
    await bench.database.sql.query(`UPDATE sync_runs SET expires_at = now() - interval '1 second' WHERE holder = $1`, [
      DEAD,
    ]);
    await bench.database.sql.query(
      `UPDATE sync_batches SET expires_at = now() - interval '1 second' WHERE holder = $1`,
      [DEAD],
    );
    await bench.runner().ring();
    expect(await bench.plans.find(bench.registry.id, plan.id)).toMatchObject({
      state: 'done',
      changes: { removed: 21 },
    });
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('counts what a worker removed that was killed before it could say so', async () => {
    const plan = await waitingPlan();
    await bench.plans.approve(bench.registry.id, plan.id, 'alice', nothing);
    const killed = new Error('killed');
    const dying = [
      vi.spyOn(bench.batches, 'complete').mockRejectedValue(killed),
      vi.spyOn(bench.batches, 'release').mockRejectedValue(killed),
      vi.spyOn(bench.runs, 'finish').mockRejectedValue(killed),
    ];
    await bench.runner().ring();
    for (const one of dying) one.mockRestore();
    expect(await storedCount()).toBeLessThan(40);
    for (const table of ['sync_runs', 'sync_batches'])
      await bench.database.sql.query(
        `UPDATE ${table} SET expires_at = now() - interval '1 second' WHERE expires_at > now()`,
      );
    await bench.runner().ring();
    expect(await bench.stored()).toEqual(bench.held());
    const ended = { state: 'done', open: 0, restorable: 21, changes: { removed: 21 } };
    expect(await bench.plans.find(bench.registry.id, plan.id)).toMatchObject(ended);
    const states = (await bench.differences.plan(plan.id, 100)).map(({ state }) => state);
    expect(states).toEqual(Array.from({ length: 21 }, () => 'removed'));
  });

  it('counts once what changed last, and is looked at first, and is missing', async () => {
    push(3);
    await bench.sync('deep', 'update');
    await bench.database.sql.query('UPDATE repositories SET updated_at = now()');
    bench.fake.forgetRepository('team/app-2');
    const run = await bench.sync('deep', 'update');
    expect(run).toMatchObject({ state: 'done', listed: 2, missing: 1, done: 3, open: 1 });
  });

  it('drops a plan when the registry shows all of it again', async () => {
    const plan = await waitingPlan();
    push(21);
    expect((await bench.sync('names', 'update-delete')).state).toBe('done');
    expect(await bench.plans.find(bench.registry.id, plan.id)).toMatchObject({ state: 'cancelled' });
    expect(await storedCount()).toBe(40);
  });

  it('brings back what a run removed, and says whether the registry has it', async () => {
    push(3);
    await bench.sync('deep', 'update-delete');
    await bench.database.sql.query(`UPDATE tags SET username = 'alice', created_at = '2020-01-01'`);
    forget(2);
    await bench.sync('deep', 'update-delete');
    const removing = await bench.sync('deep', 'update-delete');
    expect(removing).toMatchObject({ state: 'done', changes: { removed: 2 } });
    expect(await storedCount()).toBe(1);
    push(1);
    const undo = await bench.plans.askForUndo(bench.registry.id, removing.id, 'bob', nothing);
    expect(await bench.plans.askForUndo(bench.registry.id, removing.id, 'bob', nothing)).toBe(undo);
    await bench.runner().ring();
    expect(await bench.plans.find(bench.registry.id, undo!)).toMatchObject({
      state: 'done',
      changes: { restored: 2, missing: 1 },
    });
    expect(await storedCount()).toBe(3);
    const rows = await bench.database.sql.query(
      `SELECT r.full_name AS name, r.tags_count AS count, r.removed_at AS removed, t.username,
              extract(year FROM t.created_at)::int AS year, t.absent_since IS NULL AS there
         FROM tags t JOIN repositories r ON r.id = t.repository_id WHERE r.full_name <> 'team/app-2' ORDER BY 1`,
    );
    const back = { count: 1, removed: null, username: 'alice', year: 2020 };
    expect(rows).toEqual([
      { name: 'team/app-0', ...back, there: true },
      { name: 'team/app-1', ...back, there: false },
    ]);
    expect(await bench.plans.askForUndo(bench.registry.id, removing.id, 'bob', nothing)).toBeNull();
    await bench.sync('deep', 'update-delete');
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('does not put a restored tag over one that was pushed again', async () => {
    push(2);
    await bench.sync('deep', 'update-delete');
    forget(1);
    await bench.sync('deep', 'update-delete');
    const removing = await bench.sync('deep', 'update-delete');
    bench.fake.putImage('team/app-0', 'v1', { seed: 'newer', ...silent });
    await bench.sync('deep', 'update');
    await bench.plans.askForUndo(bench.registry.id, removing.id, 'bob', nothing);
    await bench.runner().ring();
    expect(await bench.stored()).toEqual(bench.held());
    // It may go once more, and then what was removed is wanted after all.
    expect(await bench.plans.find(bench.registry.id, removing.id)).toMatchObject({ restorable: 1 });
    bench.fake.deleteTag('team/app-0', 'v1');
    await bench.handleEvents();
    await bench.plans.askForUndo(bench.registry.id, removing.id, 'bob', nothing);
    await bench.runner().ring();
    expect(await bench.plans.find(bench.registry.id, removing.id)).toMatchObject({ restorable: 0 });
    expect(await storedCount()).toBe(2);
  });

  it('forgets what was removed long ago', async () => {
    push(2);
    await bench.sync('deep', 'update-delete');
    forget(1);
    await bench.sync('deep', 'update-delete');
    const { id } = await bench.sync('deep', 'update-delete');
    await bench.removed.purge(30, 100);
    expect(await bench.plans.find(bench.registry.id, id)).toMatchObject({ restorable: 1 });
    await bench.database.sql.query(`UPDATE removed_tags SET removed_at = now() - interval '31 days'`);
    await bench.removed.purge(30, 100);
    expect(await bench.plans.find(bench.registry.id, id)).toMatchObject({ restorable: 0 });
  });

  it('compares without changing anything in a dry run, and drift tells what differs and why', async () => {
    push(3);
    await bench.sync('deep', 'update-delete');
    expect(await drift()).toMatchObject({ total: 0, counting: 0 });
    bench.fake.putImage('team/app-0', 'v1', { seed: 'moved', ...silent });
    bench.fake.putImage('team/app-1', 'v2', { seed: 'new' });
    bench.fake.forgetRepository('team/app-2');
    await bench.deliver();
    const before = await bench.stored();
    const ask = { mode: 'deep', strategy: 'update-delete', dryRun: true, requestedBy: 'alice' } as const;
    const id = await bench.plans.ask(bench.registry.id, ask);
    expect(await bench.plans.ask(bench.registry.id, ask)).toBe(id);
    await bench.runner().ring();
    expect(await bench.plans.find(bench.registry.id, id)).toMatchObject({ state: 'done', open: 3 });
    expect(await bench.stored()).toEqual(before);
    expect(await bench.eventStates()).toEqual(['received']);
    expect(await bench.database.value('SELECT count(*)::int FROM tags WHERE absent_since IS NOT NULL')).toBe(0);
    const { items } = await drift();
    expect(items.map(({ repository, tag, kind, reason }) => [repository, tag, kind, reason])).toEqual([
      ['team/app-0', 'v1', 'other_digest', 'no notification about it was received'],
      ['team/app-1', 'v2', 'not_stored', 'a notification about it waited to be handled'],
      ['team/app-2', 'v1', 'not_in_registry', 'not listed, for the first time; to be confirmed'],
    ]);
    // What was counted and not written down is not known to be equal.
    const write = (run: string) =>
      bench.database.sql.query(`UPDATE sync_differences SET run_id = ${run} WHERE tag = 'v2'`);
    await write('run_id - 1');
    expect(await drift()).toMatchObject({ total: 2, unrecorded: 1 });
    await write('run_id + 1');
    expect(await drift()).toMatchObject({ total: 3, unrecorded: 0 });
    // What was repaired since, by whatever, differs no more.
    await bench.drain().ring();
    expect((await drift()).items.map(({ kind }) => kind)).toEqual(['other_digest', 'not_in_registry']);
    expect(await bench.plans.ask(bench.registry.id, ask)).not.toBe(id);
  });

  it('can be cancelled while a batch of it ends, without the two waiting for each other', async () => {
    push(1);
    await bench.runs.request(bench.registry.id, 'initial', 'deep', 'initial');
    const run = (await bench.runs.claim(DEAD, 60, 0))!;
    const page = { names: ['team/app-0'], skip: new Set<string>(), cursor: null, illegal: [] };
    await bench.batches.addPage({ id: run.id, holder: DEAD }, page);
    const batch = (await bench.batches.claim(DEAD, 60, run.id))!;
    const result = { failed: [], changes: {}, planned: [], open: 0, differences: [] };
    const { ending } = await bench.database.sql.transaction(async (cancelling) => {
      const lock = 'SELECT pg_backend_pid() AS pid FROM sync_runs FOR UPDATE';
      const [mine] = await cancelling.query<{ pid: number }>(lock);
      const completing = bench.batches.complete(batch, DEAD, result);
      const blocked = 'SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))';
      await until('it waits', async () => (await bench.database.sql.query(blocked, [mine!.pid])).length > 0);
      await cancelling.query('SELECT 1 FROM sync_batches FOR UPDATE NOWAIT');
      return { ending: completing };
    });
    await ending;
  });

  it('stops a cancelled run, and nobody goes on with it', async () => {
    push(3);
    await bench.runs.request(bench.registry.id, 'initial', 'deep', 'initial');
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    bench.fake.gate = ({ path }) => (path.includes('/manifests/') ? released : undefined);
    const running = bench.runner().ring();
    const id = await bench.database.value<number>('SELECT id FROM sync_runs');
    await expect.poll(() => bench.fake.requests.some(({ path }) => path.includes('/manifests/'))).toBe(true);
    expect(await bench.plans.cancel(bench.registry.id, id, 'cancelled by alice')).toBe(true);
    release();
    await running;
    await bench.runner().ring();
    expect(await bench.plans.find(bench.registry.id, id)).toMatchObject({ state: 'cancelled' });
    expect(await bench.plans.cancel(bench.registry.id, id, 'again')).toBe(false);
  });
});
