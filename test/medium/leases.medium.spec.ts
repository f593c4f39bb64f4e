import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Reconciler } from '#catalog/reconciler.js';
import { Database } from '#persistence/database.js';
import { LeaseRepository, StaleLeaseError, type Lease } from '#persistence/lease.repository.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { until } from '../support/until.js';

const holder = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

let bench: CatalogBench;
beforeAll(async () => {
  bench = await CatalogBench.create();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const expire = () => bench.database.sql.query(`UPDATE repository_leases SET expires_at = now() - interval '1 second'`);

describe(LeaseRepository.name, () => {
  const acquire = (n: number, name = 'team/app') => bench.leases.acquire(bench.registry.id, name, holder(n), 60);
  const settle = (lease: Lease) => bench.database.sql.transaction((sql) => bench.leases.settle(sql, lease));

  it('is given to one of many who ask at once, for each repository by itself', async () => {
    for (const name of ['team/app', 'team/other']) {
      const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => acquire(n, name)));
      expect(answers.filter((lease) => lease !== null)).toHaveLength(1);
    }
  });

  it('is given again when it was given back, settled, or has run out', async () => {
    await bench.leases.release((await acquire(1))!);
    await settle((await acquire(2))!);
    expect(await acquire(3)).not.toBeNull();
    expect(await acquire(4)).toBeNull();
    await expire();
    expect(await acquire(4)).not.toBeNull();
  });

  it('is kept by a renewal, which ends when somebody else has it', async () => {
    const first = (await acquire(1))!;
    await expire();
    expect(await bench.leases.renew(first, 60)).toBe(true);
    expect(await acquire(2)).toBeNull();
    await expire();
    expect(await acquire(2)).not.toBeNull();
    expect(await bench.leases.renew(first, 60)).toBe(false);
  });

  it('lets nobody settle, or give back, what somebody else has taken', async () => {
    const first = (await acquire(1))!;
    await expire();
    const second = (await acquire(2))!;
    await expect(settle(first)).rejects.toThrow(StaleLeaseError);
    await bench.leases.release(first);
    expect(await acquire(3)).toBeNull();
    await settle(second);
  });

  it('is good after it has run out, as long as nobody else took it', async () => {
    const lease = (await acquire(1))!;
    await expire();
    await settle(lease);
    await expect(settle(lease)).rejects.toThrow(StaleLeaseError);
  });

  it.each(['renew', 'release', 'settle'] as const)(
    'locks in one order whatever the order of the list: %s',
    async (how) => {
      const leases = [(await acquire(1, 'team/b'))!, (await acquire(1, 'team/a'))!];
      const act = {
        renew: () => bench.leases.renewAll(leases, 60),
        release: () => bench.leases.releaseAll(leases),
        settle: () => bench.database.sql.transaction((sql) => bench.leases.settleAll(sql, leases)),
      };
      await bench.database.sql
        .transaction(async (other) => {
          const lock = `SELECT pg_backend_pid() AS pid FROM repository_leases WHERE full_name = $1 FOR UPDATE NOWAIT`;
          const [mine] = await other.query<{ pid: number }>(lock, ['team/a']);
          const acting = act[how]();
          const blocked = 'SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))';
          await until('it waits', async () => (await bench.database.sql.query(blocked, [mine!.pid])).length > 0);
          // Were it to hold this one already, we would wait for each other.
          await other.query(lock, ['team/b']);
          return { acting };
        })
        .then(async ({ acting }) => void (await acting));
    },
  );

  it('is told apart by its generation also from another one of the same holder', async () => {
    const first = (await acquire(1))!;
    await expire();
    const second = (await acquire(1))!;
    expect(BigInt(second.generation)).toBeGreaterThan(BigInt(first.generation));
    await expect(settle(first)).rejects.toThrow(StaleLeaseError);
    await settle(second);
  });
});

describe(`a slow ${Reconciler.name}`, () => {
  /** Holds the first answer about the manifest of a tag back. */
  function holdManifest(tag: string): { held: () => boolean; release: () => void } {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    let held = false;
    bench.fake.gate = ({ path }) => {
      if (held || !path.endsWith(`/manifests/${tag}`)) return undefined;
      held = true;
      return opened;
    };
    return { held: () => held, release: open };
  }

  const look = {
    deep: true,
    mayRemove: true,
    confirmBefore: new Date(),
    runId: 0,
    removals: new Set(['v1', 'v2']),
    dryRun: false,
  };

  it.each([
    ['an event', null],
    ['a sync', look],
  ])('that began before a newer one applies nothing: for %s', async (_, whole) => {
    bench.fake.putImage('team/app', 'v1', { seed: 'old' });
    bench.fake.putImage('team/app', 'v2', { seed: 'deleted' });
    await bench.deliver();
    const { held, release } = holdManifest('v1');
    const slow = bench.reconciler().reconcile(bench.registry, 'team/app', whole);
    await until('the slow one waits for its answer', held);
    await expire();
    bench.fake.putImage('team/app', 'v1', { seed: 'new' });
    bench.fake.deleteManifest('team/app', bench.held()['team/app']!['v2']!);
    await bench.handleEvents();
    const newest = bench.held();
    expect(await bench.stored()).toEqual(newest);
    bench.fake.putImage('team/app', 'v1', { seed: 'old', silent: true });
    release();
    expect(await slow).toMatchObject({ outcome: 'stale' });
    expect(await bench.stored()).toEqual(newest);
    expect(new Set(await bench.eventStates())).toEqual(new Set(['done']));
  });

  it('that fails after a newer one has handled its events does not open them again', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'old' });
    await bench.deliver();
    const { held, release } = holdManifest('v1');
    const slow = bench.reconciler().reconcile(bench.registry, 'team/app', null);
    await until('the slow one waits for its answer', held);
    await expire();
    await bench.handleEvents();
    bench.fake.fault = () => 'hangup';
    release();
    await expect(slow).rejects.toThrow();
    expect(await bench.eventStates()).toEqual(['done']);
  });

  it('that nobody overtook applies what it read', async () => {
    bench.fake.putImage('team/app', 'v1');
    await bench.deliver();
    const { held, release } = holdManifest('v1');
    const slow = bench.reconciler().reconcile(bench.registry, 'team/app', null);
    await until('the slow one waits for its answer', held);
    expect(await bench.reconciler().reconcile(bench.registry, 'team/app', null)).toMatchObject({ outcome: 'busy' });
    await expire();
    release();
    expect(await slow).toMatchObject({ outcome: 'applied' });
    expect(await bench.stored()).toEqual(bench.held());
  });
});

describe(`${Database.name}.transaction`, () => {
  it('fails when the server ends its connection, and nothing else does', async () => {
    const { sql } = bench.database;
    const broken = sql.transaction(async (own) => {
      const [row] = await own.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await sql.query('SELECT pg_terminate_backend($1)', [row!.pid]);
      await until('the connection is gone', () =>
        own.query('SELECT 1').then(
          () => false,
          () => true,
        ),
      );
    });
    await expect(broken).rejects.toThrow();
    expect(await sql.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
