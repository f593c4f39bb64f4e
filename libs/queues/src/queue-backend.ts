import { createPostgresBackend, type ConnectionOptions, runMigrations, setDefaultBackendFactory } from 'bullmq';
import { Client, Pool } from 'pg';
import type { Settings } from '#platform/config/settings.js';
import { makeRedisClient, redisKind, type RedisKind, type RedisSettings } from './redis-client.js';

/** Whoever asks the queue's store something waits at most this long for an answer, milliseconds. */
const COMMAND_TIMEOUT_MS = 2_000;

/**
 * Before the names of all keys in Redis. What stands in braces is all that a cluster hashes, so every key of ours lies on
 * one node, as scripts over several keys must have it.
 */
const REDIS_PREFIX = '{portus}';

/** What the settings say of the place of the queues. */
export type QueueSettings = Omit<RedisSettings, 'redisUrl'> & Pick<Settings, 'redisUrl' | 'databaseUrl'>;

export interface QueueConnections {
  kind: 'redis' | 'postgres';
  /** For people. */
  place: RedisKind | 'PostgreSQL';
  connection: ConnectionOptions;
  /** For BullMQ; null: its own. */
  prefix: string | null;
  close(): Promise<void>;
}

/**
 * Where the queues live: Redis, or the schema `bullmq` of our own database. Must be called before any queue is made,
 * because the backend is chosen for the whole process.
 *
 * @param role a producer rings only and fails fast; a consumer waits for the store as long as it takes
 * @param settings `redisUrl` null: PostgreSQL, by a direct URL: LISTEN does not work through a transaction pooler
 */
export function connectQueues(
  role: 'producer' | 'consumer',
  settings: QueueSettings,
  onError: (error: Error) => void,
): QueueConnections {
  const { redisUrl, databaseUrl } = settings;
  return redisUrl === null ? overPostgres(databaseUrl, onError) : overRedis(role, { ...settings, redisUrl }, onError);
}

function overRedis(
  role: 'producer' | 'consumer',
  settings: RedisSettings,
  onError: (error: Error) => void,
): QueueConnections {
  setDefaultBackendFactory();
  const retryStrategy = (attempt: number) => Math.min(attempt * 100, 1_000);
  const patience =
    role === 'consumer'
      ? { maxRetriesPerRequest: null }
      : { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: COMMAND_TIMEOUT_MS };
  const client = makeRedisClient(settings, { ...patience, connectTimeout: COMMAND_TIMEOUT_MS, retryStrategy });
  client.on('error', onError);
  return {
    kind: 'redis',
    place: redisKind(settings),
    connection: client as unknown as ConnectionOptions,
    prefix: REDIS_PREFIX,
    close: async () => client.disconnect(),
  };
}

/** One pool for all queues and workers of the process; each worker keeps one connection of it for LISTEN. */
const QUEUE_POOL_SIZE = 10;

function overPostgres(databaseUrl: string, onError: (error: Error) => void): QueueConnections {
  setDefaultBackendFactory(createPostgresBackend);
  const pool = new Pool({
    connectionString: databaseUrl,
    max: QUEUE_POOL_SIZE,
    keepAlive: true,
    connectionTimeoutMillis: COMMAND_TIMEOUT_MS,
    options: '-c search_path=bullmq',
    application_name: 'portus-queues',
  });
  // Without a listener a dropped idle connection would end the process.
  pool.on('error', onError);
  const connection = pool as unknown as ConnectionOptions;
  return { kind: 'postgres', place: 'PostgreSQL', connection, prefix: null, close: () => pool.end() };
}

/** Makes or upgrades the tables of BullMQ's PostgreSQL backend; safe to call from several processes at once. */
export async function migrateQueues(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}
