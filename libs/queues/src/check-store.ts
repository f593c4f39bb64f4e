import { Client } from 'pg';
import { atMost } from '#platform/lifecycle/at-most.js';
import type { QueueSettings } from './queue-backend.js';
import { makeRedisClient, redisKind, type RedisSettings } from './redis-client.js';

const PATIENCE_MS = 3_000;

/**
 * What is wrong with the queues' store; null: nothing. A Redis that throws keys away when it is full loses rings only,
 * but those of all queues.
 */
export async function storeProblem(settings: QueueSettings): Promise<string | null> {
  const { redisUrl, databaseUrl } = settings;
  return redisUrl === null ? problemOfPostgres(databaseUrl) : problemOfRedis({ ...settings, redisUrl });
}

async function problemOfRedis(settings: RedisSettings): Promise<string | null> {
  const options = { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 };
  const limits = { connectTimeout: PATIENCE_MS, commandTimeout: PATIENCE_MS, sentinelRetryStrategy: () => null };
  const client = makeRedisClient(settings, { ...options, ...limits });
  client.on('error', () => undefined);
  try {
    // A client of a cluster that does not serve all keys waits for it without an end (ioredis 5.11).
    if (!(await atMost(PATIENCE_MS, client.connect()))) return lateAnswer(settings);
    // Hosted ones do not tell.
    const [, policy] = (await client.config('GET', 'maxmemory-policy').catch(() => [])) as string[];
    return policy === undefined || policy === 'noeviction' ? null : `its maxmemory-policy is ${policy}, not noeviction`;
  } catch (error) {
    return `Redis can not be reached: ${(error as Error).message}`;
  } finally {
    client.disconnect();
  }
}

function lateAnswer(settings: RedisSettings): string {
  const isCluster = redisKind(settings) === 'Redis Cluster';
  const hint = isCluster ? ': a cluster is when all keys are served (cluster_state:ok)' : '';
  return `Redis can not be reached: it was not ready within ${PATIENCE_MS / 1000} s${hint}`;
}

async function problemOfPostgres(url: string): Promise<string | null> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  try {
    await client.connect();
    const { rowCount } = await client.query(`SELECT 1 FROM pg_namespace WHERE nspname = 'bullmq'`);
    return rowCount === 0 ? 'the schema of the queues is missing' : null;
  } catch (error) {
    return `PostgreSQL can not be reached: ${(error as Error).message}`;
  } finally {
    await client.end().catch(() => undefined);
  }
}
