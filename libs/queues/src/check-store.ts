import { Client } from 'pg';
import type { QueueSettings } from './queue-backend.js';
import { makeRedisClient, type RedisSettings } from './redis-client.js';

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
    await client.connect();
    // Hosted ones do not tell.
    const [, policy] = (await client.config('GET', 'maxmemory-policy').catch(() => [])) as string[];
    return policy === undefined || policy === 'noeviction' ? null : `its maxmemory-policy is ${policy}, not noeviction`;
  } catch (error) {
    return `Redis can not be reached: ${(error as Error).message}`;
  } finally {
    client.disconnect();
  }
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
