import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { migrateQueues } from '#queues/queue-backend.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { makeDelivery, makeNamespace, makeWebhook } from '../support/hooks.js';
import { OwnRedis } from '../support/own-redis.js';
import { QueueHouse, untilEqual, untilHeard } from '../support/queue-house.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

for (const backend of ['redis', 'postgres'] as const) {
  const missing = backend === 'redis' && !process.env['PORTUS_TEST_REDIS_BIN'];
  describe.skipIf(missing)(`queues in ${backend}${missing ? ' (needs PORTUS_TEST_REDIS_BIN)' : ''}`, () => {
    let bench: CatalogBench;
    let redis: OwnRedis | null = null;

    beforeAll(async () => {
      bench = await CatalogBench.create();
      redis = backend === 'redis' ? await OwnRedis.start() : null;
      if (redis === null) await migrateQueues(bench.database.url);
    });
    afterAll(async () => {
      await redis?.stop();
      await bench.close();
    });
    beforeEach(() => bench.reset());

    const empty = async () => {
      if (redis !== null) return redis.flush();
      const tables = await bench.database.sql.query<{ name: string }>(
        `SELECT format('bullmq.%I', tablename) AS name FROM pg_tables
          WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
      );
      const statement = `TRUNCATE ${tables.map((table) => table.name).join(', ')}`;
      // Under running workers it may be the victim of a deadlock.
      await until('the tables are empty', () => bench.database.sql.query(statement).then(() => true));
    };
    const house = () => new QueueHouse(bench, redis === null ? {} : { REDIS_URL: redis.url });
    const store = { house, empty };
    rings(store);
    workers(store);
  });
}

interface Store {
  house: () => QueueHouse;
  empty: () => Promise<void>;
}

function rings(store: Store): void {
  it('a ring reaches one of two workers, also after the store was emptied', async () => {
    const bell = store.house().bell();
    try {
      for (let i = 1; i <= 5; i++) {
        await untilHeard(bell);
        if (i === 3) await store.empty();
      }
      // Emptying the tables under running workers may make a ring the victim; the bell rings again after its cool-down.
      expect(bell.failures.filter((message) => message !== 'deadlock detected')).toEqual([]);
    } finally {
      await bell.end();
    }
  });
}

function workers(store: Store): void {
  describe('and two workers of ours', () => {
    let house: QueueHouse;
    beforeEach(() => {
      house = store.house();
    });

    it('handle each notification', async () => {
      const { bench } = house;
      await house.begin();
      try {
        for (let i = 0; i < 20; i++) bench.fake.putImage(`team/app-${i % 5}`, `v${i}`, { seed: `${i}` });
        await bench.deliver();
        await untilEqual(bench);
      } finally {
        await house.end();
      }
    });

    it('find what waits after the store was emptied, before their start and under them', async () => {
      const { bench } = house;
      for (let i = 0; i < 5; i++) bench.fake.putImage(`team/app-${i}`, 'v1', { seed: `${i}` });
      await bench.deliver();
      await store.empty();
      await house.begin();
      try {
        await untilEqual(bench);
        for (let i = 0; i < 5; i++) {
          bench.fake.putImage(`team/app-${i}`, 'v1', { seed: `again ${i}` });
          await bench.deliver();
          await store.empty();
        }
        await untilEqual(bench);
      } finally {
        await house.end();
      }
    });

    it('find scans, syncs and their own schedule again after the store was emptied', async () => {
      const { bench } = house;
      bench.fake.putImage('team/scanned', 'v1', { seed: 'scanned' });
      await bench.handleEvents();
      const unscanned = () => bench.database.value(`SELECT count(*)::int FROM scan_targets WHERE state <> 'done'`);
      expect(await unscanned()).toBe(1);
      bench.fake.putImage('team/asked', 'v1', { silent: true });
      await bench.runs.request(bench.registry.id, 'deep:1', 'deep', 'update');
      await store.empty();
      const schedule = { PORTUS_BACKGROUND_SYNC_STRATEGY: 'update', PORTUS_BACKGROUND_SYNC_INTERVAL: '1' };
      await house.begin({ PORTUS_BACKGROUND_SYNC_ENABLED: 'true', PORTUS_SECURITY_DUMMY_SERVER: 'dummy', ...schedule });
      try {
        await untilEqual(bench);
        await until('the image is scanned', async () => (await unscanned()) === 0);
        bench.fake.putImage('team/found-by-schedule', 'v1', { seed: 'later', silent: true });
        await store.empty();
        await untilEqual(bench);
      } finally {
        await house.end();
      }
    });

    it('deliver to webhooks each event once, though there are two of them and the store was emptied', async () => {
      const { database } = house.bench;
      const receiver = await Receiver.start();
      const hook = await makeWebhook(database, await makeNamespace(database, 'hooked'), { url: receiver.url });
      for (let i = 0; i < 10; i++) await makeDelivery(database, hook, `v${i}`);
      await store.empty();
      await house.begin({ PORTUS_WEBHOOKS_ALLOWED_NETWORKS: '127.0.0.1' });
      try {
        await makeDelivery(database, hook, 'late');
        await store.empty();
        const waiting = `SELECT count(*)::int FROM webhook_deliveries WHERE state <> 'delivered'`;
        await until('all are delivered', async () => (await database.value(waiting)) === 0);
        const ids = receiver.received.map(({ headers }) => headers['x-portus-delivery']);
        expect(new Set(ids).size).toBe(11);
        expect(ids).toHaveLength(11);
      } finally {
        await house.end();
        await receiver.stop();
      }
    });

    it('leave alone what is switched off; notifications wait until it is on again', async () => {
      const { bench } = house;
      bench.fake.putImage('team/waiting', 'v1');
      await bench.deliver();
      const looking = vi.spyOn(SyncRunsRepository.prototype, 'hasOpen');
      const due = { PORTUS_BACKGROUND_SYNC_STRATEGY: 'update', PORTUS_BACKGROUND_SYNC_INTERVAL: '1' };
      await house.begin({ PORTUS_BACKGROUND_REGISTRY_ENABLED: 'false', ...due });
      try {
        // Each look is at two ticks of what is switched off.
        await until('both have looked for work', () => looking.mock.calls.length > 4, { timeoutMs: 30_000 });
        expect(await bench.eventStates()).toEqual(['received']);
        for (const table of ['sync_runs', 'deletions', 'repositories'])
          expect(await bench.database.value(`SELECT count(*)::int FROM ${table}`), table).toBe(0);
      } finally {
        looking.mockRestore();
        await house.end();
      }
      await house.begin();
      try {
        await untilEqual(bench);
      } finally {
        await house.end();
      }
    });

    it('know nothing of any manifest without a scanner, and run the syncs that are asked for', async () => {
      const { bench } = house;
      bench.fake.putImage('team/app', 'v1', { silent: true });
      await bench.runs.request(bench.registry.id, 'deep:1', 'deep', 'update');
      await house.begin();
      try {
        await untilEqual(bench);
        const [found] = await bench.database.sql.query('SELECT state, verdict_at FROM scan_targets');
        expect(found).toEqual({ state: 'none', verdict_at: null });
      } finally {
        await house.end();
      }
    });
  });
}
