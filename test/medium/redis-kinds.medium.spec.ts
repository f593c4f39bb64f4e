import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from '#platform/config/settings.js';
import { atMost } from '#platform/lifecycle/at-most.js';
import { storeProblem } from '#queues/check-store.js';
import { makeServerCertificate } from '../factories/server-certificate.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { OwnRedis } from '../support/own-redis.js';
import { QueueHouse, untilEqual, untilHeard } from '../support/queue-house.js';
import { RedisCluster } from '../support/redis-cluster.js';
import { RedisSentinels } from '../support/redis-sentinels.js';
import { until } from '../support/until.js';

const missing = !process.env['PORTUS_TEST_REDIS_BIN'];
const title = `queues in many Redis servers${missing ? ' (needs PORTUS_TEST_REDIS_BIN)' : ''}`;
const IMAGES = 40;

describe.skipIf(missing)(title, () => {
  let bench: CatalogBench;
  beforeAll(async () => {
    bench = await CatalogBench.create();
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.reset());

  /** Pushes come one after the other, and something happens in the middle of them. */
  const pushes = async (name: string, inTheMiddle: () => Promise<void>): Promise<void> => {
    const half = IMAGES / 2;
    for (let i = 0; i < IMAGES; i++) {
      bench.fake.putImage(`team/${name}-${i % 7}`, `v${i}`, { seed: `${name} ${i}` });
      await bench.deliver();
      if (i === half) await inTheMiddle();
    }
  };
  const problemOf = (env: Record<string, string>) =>
    storeProblem(loadSettings({ DATABASE_URL: bench.database.url, ...SETTINGS, ...env }).settings);

  it('are left at once while the only server is away, by who waits to try again', async () => {
    const redis = await OwnRedis.start();
    const queues = new QueueHouse(bench, { REDIS_URL: redis.url }).connect('consumer');
    const client = queues.connection as unknown as Redis;
    const copy = client.duplicate();
    try {
      for (const one of [client, copy]) one.on('error', () => undefined);
      await Promise.all([client.ping(), copy.ping()]);
      await redis.stop('SIGKILL');
      for (const one of [copy, client]) {
        const ended = new Promise((resolve) => one.once('end', resolve));
        await until('it waits', () => one.status === 'reconnecting', { everyMs: 5 });
        const asked = one.ping().catch((error: Error) => error.message);
        if (one === client) await queues.close();
        else one.disconnect();
        expect(await atMost(20_000, ended)).toBe(true);
        expect(await asked).toContain('closed');
        await expect(one.ping()).rejects.toThrow('closed');
      }
    } finally {
      await redis.stop('SIGKILL');
    }
  });

  describe('behind sentinels', () => {
    let redis: RedisSentinels;
    beforeAll(async () => {
      redis = await RedisSentinels.start();
    });
    afterAll(() => redis?.stop());

    it('lose no notification when the master is killed while they come, and rings go to the new master', async () => {
      const house = new QueueHouse(bench, redis.env);
      expect(await problemOf(redis.env)).toBeNull();
      const bell = house.bell();
      await house.begin();
      try {
        await untilHeard(bell);
        await pushes('failover', () => redis.failOver());
        await untilEqual(bench);
        await untilHeard(bell, 90_000);
      } finally {
        await house.end();
        await bell.end();
      }
      expect(await problemOf(redis.env)).toBeNull();
      expect(await problemOf({ ...redis.env, PORTUS_REDIS_SENTINEL_PASSWORD: 'wrong' })).toContain(
        'can not be reached',
      );
    }, 180_000);
  });

  describe('in a cluster', () => {
    let redis: RedisCluster;
    beforeAll(async () => {
      redis = await RedisCluster.start();
    });
    afterAll(() => redis?.stop());

    it('refuse what is asked after they were left, instead of keeping it for good', async () => {
      const queues = new QueueHouse(bench, redis.env).connect('consumer');
      const client = queues.connection as unknown as Cluster;
      await until('it is ready', () => client.status === 'ready');
      const nodes = client.nodes();
      await Promise.all(nodes.map((node) => node.ping()));
      await queues.close();
      await until('every connection is gone', () => nodes.every((node) => node.status === 'end'));
      await new Promise(setImmediate);
      expect(client.status).toBe('end');
      await expect(client.ping()).rejects.toThrow('closed');
    });

    it('lie on one node, whichever nodes were named, and lose nothing while that is away', async () => {
      const house = new QueueHouse(bench, redis.env);
      expect(await problemOf(redis.env)).toBeNull();
      const bell = house.bell();
      await house.begin();
      try {
        await untilHeard(bell);
        const sizes = await redis.sizes();
        expect(sizes.filter((size) => size > 0)).toHaveLength(1);
        const node = redis.nodes[sizes.findIndex((size) => size > 0)]!;
        await pushes('cluster', () => node.stop('SIGKILL'));
        await untilEqual(bench);
        await node.start();
        await until('the cluster is whole again', () => redis.isWhole(), { timeoutMs: 30_000 });
        await untilHeard(bell, 30_000);
      } finally {
        await house.end();
        await bell.end();
      }
    }, 180_000);
  });

  describe('in a cluster that does not serve all keys', () => {
    let redis: RedisCluster;
    beforeAll(async () => {
      redis = await RedisCluster.start();
      await redis.tear();
    });
    afterAll(() => redis?.stop());

    it('are known to be out of reach, not waited for', async () => {
      expect(await problemOf(redis.env)).toContain('was not ready within 3 s');
    });

    it('are left at once by who waits to try again', async () => {
      const queues = new QueueHouse(bench, redis.env).connect('consumer');
      const client = queues.connection as unknown as Cluster;
      for (const one of [client.duplicate(), client]) {
        const ended = new Promise((resolve) => one.once('end', resolve));
        one.on('error', () => undefined);
        await until('it waits', () => ['reconnecting', 'close'].includes(one.status), { everyMs: 5 });
        if (one === client) await queues.close();
        else one.disconnect();
        expect(await atMost(20_000, ended)).toBe(true);
        expect(one.status).toBe('end');
      }
    });
  });

  describe('that speaks TLS', () => {
    let redis: OwnRedis;
    let folder: string;
    let caPath: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'portus-redis-tls-'));
      const { keyPem, certificatePem } = await makeServerCertificate('localhost');
      const keyPath = join(folder, 'key.pem');
      caPath = join(folder, 'certificate.pem');
      await writeFile(keyPath, keyPem);
      await writeFile(caPath, certificatePem);
      const files = ['--tls-cert-file', caPath, '--tls-key-file', keyPath, '--tls-ca-cert-file', caPath];
      const args = ['--port', '0', '--tls-port', 'PORT', '--tls-auth-clients', 'no', ...files];
      redis = await OwnRedis.start({ args, client: { host: 'localhost', tls: { ca: certificatePem } } });
    });
    afterAll(async () => {
      await redis?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it('hear rings, and one whose certificate is not trusted is not spoken to', async () => {
      const env = { REDIS_URL: `rediss://localhost:${redis.port}/0` };
      const trusted = { ...env, PORTUS_REDIS_CA_PATH: caPath };
      expect(await problemOf(trusted)).toBeNull();
      expect(await problemOf(env)).toContain('can not be reached');
      expect(await problemOf({ REDIS_URL: `redis://localhost:${redis.port}/0` })).toContain('can not be reached');
      const house = new QueueHouse(bench, trusted);
      const bell = house.bell();
      await house.begin();
      try {
        await untilHeard(bell);
        await pushes('tls', async () => undefined);
        await untilEqual(bench);
      } finally {
        await house.end();
        await bell.end();
      }
    });
  });
});

const SETTINGS = {
  PORTUS_KEY_PATH: '/nowhere',
  PORTUS_SECRET_KEY_BASE: 'x'.repeat(32),
  PORTUS_PASSWORD: 'a password for tests',
};
