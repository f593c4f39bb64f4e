import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOBS, QUEUES, type QueueName } from '#domain/jobs/jobs.js';
import { checkQueues } from '#queues/check-queues.js';
import { connectQueues, migrateQueues } from '#queues/queue-backend.js';
import { QueueSizes } from '#queues/queue-sizes.js';
import { OwnRedis } from '../support/own-redis.js';
import { TestDatabase } from '../support/test-database.js';

const QUEUE: QueueName = 'registry-events';
const ONE_SERVER = { redisSentinels: [], redisSentinelPassword: null, redisCluster: [], redisCaPath: null };

for (const backend of ['redis', 'postgres'] as const) {
  const missing = backend === 'redis' && !process.env['PORTUS_TEST_REDIS_BIN'];
  describe.skipIf(missing)(`sizes of queues in ${backend}${missing ? ' (needs PORTUS_TEST_REDIS_BIN)' : ''}`, () => {
    let database: TestDatabase;
    let redis: OwnRedis | null = null;

    beforeAll(async () => {
      database = await TestDatabase.create();
      redis = backend === 'redis' ? await OwnRedis.start() : null;
      if (redis === null) await migrateQueues(database.url);
    });
    afterAll(async () => {
      await redis?.stop();
      await database.drop();
    });

    it('tells how many jobs wait, and for how long', async () => {
      const connections = connectQueues(
        'producer',
        { ...ONE_SERVER, redisUrl: redis?.url ?? null, databaseUrl: database.url },
        () => undefined,
      );
      const { connection, place } = connections;
      const queues = QUEUES.map(
        (name) => [name, new Queue(name, { connection }).on('error', () => undefined)] as const,
      );
      await Promise.all(queues.map(([, queue]) => queue.waitUntilReady()));
      const byName = Object.fromEntries(queues) as Record<QueueName, Queue>;
      const sizes = (later: number) => new QueueSizes(byName, place, () => Date.now() + later);
      const where = `queues live in ${backend === 'redis' ? 'Redis' : 'PostgreSQL'}`;
      try {
        const none = (await sizes(0).get()).map(({ states, oldestSeconds }) => [states.waiting, oldestSeconds]);
        expect(none).toEqual(QUEUES.map(() => [0, 0]));
        expect(await checkQueues(sizes(0))).toBe(`${where}; no job waits`);
        for (let i = 0; i < 2; i++) await byName[QUEUE].add(JOBS[QUEUE].name, { v: 1 });
        const found = (await sizes(60_000).get()).find(({ queue }) => queue === QUEUE)!;
        expect(found.states).toEqual({ waiting: 2, active: 0, delayed: 0, failed: 0 });
        expect(found.oldestSeconds).toBeGreaterThanOrEqual(59);
        expect(await checkQueues(sizes(600_000))).toMatch(`${where}; 2 wait, the oldest for 60`);
      } finally {
        await Promise.all(queues.map(([, queue]) => queue.close()));
        await connections.close();
      }
    });
  });
}
