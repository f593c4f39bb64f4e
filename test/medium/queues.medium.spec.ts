import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Queue, Worker } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JOBS, QUEUES, type QueueName } from '#domain/jobs/jobs.js';
import { loadSettings, type Settings } from '#platform/config/settings.js';
import { createLogger } from '#platform/logging/logger.js';
import { Doorbell } from '#queues/doorbell.js';
import { connectQueues, migrateQueues, type QueueConnections } from '#queues/queue-backend.js';
import type { KeyRing } from '#tokens/key-ring.js';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { WorkerModule } from '../../apps/worker/src/worker.module.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { makeDelivery, makeNamespace, makeWebhook } from '../support/hooks.js';
import { OwnRedis } from '../support/own-redis.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

const QUEUE: QueueName = 'registry-events';

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

    const connect = (role: 'producer' | 'consumer') =>
      connectQueues(role, redis?.url ?? null, bench.database.url, () => undefined);
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
    const store = { bench: () => bench, redisUrl: () => redis?.url, connect, empty };
    rings(store);
    workers(store);
  });
}

interface Store {
  bench: () => CatalogBench;
  redisUrl: () => string | undefined;
  connect: (role: 'producer' | 'consumer') => QueueConnections;
  empty: () => Promise<void>;
}

function rings(store: Store): void {
  it('a ring reaches one of two workers, also after the store was emptied', async () => {
    const producer = store.connect('producer');
    const consumers = [store.connect('consumer'), store.connect('consumer')];
    const { connection } = producer;
    const queues = QUEUES.map((name) => [name, new Queue(name, { connection }).on('error', () => undefined)] as const);
    let answered = 0;
    const failures: string[] = [];
    const bell = new Doorbell(Object.fromEntries(queues) as Record<QueueName, Queue>, (_, error) =>
      failures.push(error.message),
    );
    const bullWorkers = consumers.map(({ connection }) => {
      const answer = async (job: { data: unknown }) => {
        JOBS[QUEUE].payload.parse(job.data);
        answered++;
      };
      return new Worker(QUEUE, answer, { connection }).on('error', () => undefined);
    });
    try {
      for (let i = 1; i <= 5; i++) {
        const before = answered;
        // Rings close to each other are one: ring until somebody answers.
        await until('a worker answers', () => (bell.ring(QUEUE), answered > before), { timeoutMs: 20_000 });
        if (i === 3) await store.empty();
      }
      // Emptying the tables under running workers may make a ring the victim; the bell rings again after its cool-down.
      expect(failures.filter((message) => message !== 'deadlock detected')).toEqual([]);
    } finally {
      await Promise.all(bullWorkers.map((worker) => worker.close()));
      await Promise.all(queues.map(([, queue]) => queue.close()));
      await Promise.all([producer, ...consumers].map((connections) => connections.close()));
    }
  });
}

function workers(store: Store): void {
  describe('and two workers of ours', () => {
    let contexts: { app: INestApplicationContext; queues: QueueConnections }[] = [];
    const begin = async (env: Record<string, string> = {}) => {
      contexts = await Promise.all([1, 2].map(() => startWorker(store, env)));
    };
    const end = async () => {
      for (const { app, queues } of contexts.splice(0)) {
        await app.close();
        await queues.close();
      }
    };

    it('handle each notification', async () => {
      const bench = store.bench();
      await begin();
      try {
        for (let i = 0; i < 20; i++) bench.fake.putImage(`team/app-${i % 5}`, `v${i}`, { seed: `${i}` });
        await bench.deliver();
        await untilEqual(bench);
      } finally {
        await end();
      }
    });

    it('find what waits after the store was emptied, before their start and under them', async () => {
      const bench = store.bench();
      for (let i = 0; i < 5; i++) bench.fake.putImage(`team/app-${i}`, 'v1', { seed: `${i}` });
      await bench.deliver();
      await store.empty();
      await begin();
      try {
        await untilEqual(bench);
        for (let i = 0; i < 5; i++) {
          bench.fake.putImage(`team/app-${i}`, 'v1', { seed: `again ${i}` });
          await bench.deliver();
          await store.empty();
        }
        await untilEqual(bench);
      } finally {
        await end();
      }
    });

    it('find scans, syncs and their own schedule again after the store was emptied', async () => {
      const bench = store.bench();
      bench.fake.putImage('team/scanned', 'v1', { seed: 'scanned' });
      await bench.handleEvents();
      const unscanned = () => bench.database.value(`SELECT count(*)::int FROM scan_targets WHERE state <> 'done'`);
      expect(await unscanned()).toBe(1);
      bench.fake.putImage('team/asked', 'v1', { silent: true });
      await bench.runs.request(bench.registry.id, 'deep:1', 'deep', 'update');
      await store.empty();
      const schedule = { PORTUS_BACKGROUND_SYNC_STRATEGY: 'update', PORTUS_BACKGROUND_SYNC_INTERVAL: '1' };
      await begin({ PORTUS_BACKGROUND_SYNC_ENABLED: 'true', PORTUS_SECURITY_DUMMY_SERVER: 'dummy', ...schedule });
      try {
        await untilEqual(bench);
        await until('the image is scanned', async () => (await unscanned()) === 0);
        bench.fake.putImage('team/found-by-schedule', 'v1', { seed: 'later', silent: true });
        await store.empty();
        await untilEqual(bench);
      } finally {
        await end();
      }
    });

    it('deliver to webhooks each event once, though there are two of them and the store was emptied', async () => {
      const { database } = store.bench();
      const receiver = await Receiver.start();
      const hook = await makeWebhook(database, await makeNamespace(database, 'hooked'), { url: receiver.url });
      for (let i = 0; i < 10; i++) await makeDelivery(database, hook, `v${i}`);
      await store.empty();
      await begin({ PORTUS_WEBHOOKS_ALLOWED_NETWORKS: '127.0.0.1' });
      try {
        await makeDelivery(database, hook, 'late');
        await store.empty();
        const waiting = `SELECT count(*)::int FROM webhook_deliveries WHERE state <> 'delivered'`;
        await until('all are delivered', async () => (await database.value(waiting)) === 0);
        const ids = receiver.received.map(({ headers }) => headers['x-portus-delivery']);
        expect(new Set(ids).size).toBe(11);
        expect(ids).toHaveLength(11);
      } finally {
        await end();
        await receiver.stop();
      }
    });

    it('know nothing of any manifest without a scanner, and run the syncs that are asked for', async () => {
      const bench = store.bench();
      bench.fake.putImage('team/app', 'v1', { silent: true });
      await bench.runs.request(bench.registry.id, 'deep:1', 'deep', 'update');
      await begin();
      try {
        await untilEqual(bench);
        const [found] = await bench.database.sql.query('SELECT state, verdict_at FROM scan_targets');
        expect(found).toEqual({ state: 'none', verdict_at: null });
      } finally {
        await end();
      }
    });
  });
}

async function startWorker(
  store: Store,
  env: Record<string, string>,
): Promise<{ app: INestApplicationContext; queues: QueueConnections }> {
  const { settings, keys } = await configure(store, env);
  const logger = createLogger('portus-worker', 'fatal');
  const queues = store.connect('consumer');
  const parts = { settings, logger, queues, keys };
  const app = await NestFactory.createApplicationContext(WorkerModule.register(parts), { logger: false });
  return { app, queues };
}

async function configure(store: Store, env: Record<string, string>): Promise<{ settings: Settings; keys: KeyRing }> {
  const { keyPem, certificatePem } = await makeSigningKey({ commonName: 'portus.test' });
  const { settings } = loadSettings({
    DATABASE_URL: store.bench().database.url,
    REDIS_URL: store.redisUrl(),
    PORTUS_KEY_PATH: '/nowhere',
    PORTUS_SECRET_KEY_BASE: 'x'.repeat(32),
    PORTUS_PASSWORD: 'a password for tests',
    PORTUS_BACKGROUND_SYNC_ENABLED: 'false',
    ...env,
  });
  const signing = loadSigningKey(keyPem, certificatePem, new Date());
  return { settings, keys: { signing, published: [], warnings: [] } };
}

async function untilEqual(bench: CatalogBench): Promise<void> {
  const isEqual = async () => {
    expect(await bench.stored()).toEqual(bench.held());
    return (await bench.eventStates()).every((state) => state === 'done');
  };
  await until('the catalog equals the registry', isEqual, { timeoutMs: 30_000, everyMs: 100 });
}
