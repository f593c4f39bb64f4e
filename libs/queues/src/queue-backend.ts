import { createPostgresBackend, type ConnectionOptions, runMigrations, setDefaultBackendFactory } from 'bullmq';
import { Redis } from 'ioredis';
import { Client, Pool } from 'pg';

/** Whoever asks the queue's store something waits at most this long for an answer, milliseconds. */
const COMMAND_TIMEOUT_MS = 2_000;

export interface QueueConnections {
  kind: 'redis' | 'postgres';
  producer: ConnectionOptions;
  consumer: ConnectionOptions;
  close(): Promise<void>;
}

/**
 * Where the queues live: Redis, or the schema `bullmq` of our own database. Must be called before any queue is made,
 * because the backend is chosen for the whole process.
 *
 * @param redisUrl null: PostgreSQL
 * @param databaseUrl a direct URL: LISTEN does not work through a transaction pooler
 */
export function connectQueues(
  redisUrl: string | null,
  databaseUrl: string,
  onError: (error: Error) => void,
): QueueConnections {
  return redisUrl === null ? overPostgres(databaseUrl, onError) : overRedis(redisUrl, onError);
}

function overRedis(url: string, onError: (error: Error) => void): QueueConnections {
  setDefaultBackendFactory();
  // A producer fails fast, it rings only; a consumer waits for Redis as long as it takes.
  const producer = new Redis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  });
  const consumer = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  });
  for (const client of [producer, consumer]) client.on('error', onError);
  return {
    kind: 'redis',
    producer: producer as unknown as ConnectionOptions,
    consumer: consumer as unknown as ConnectionOptions,
    close: async () => {
      producer.disconnect();
      consumer.disconnect();
    },
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
  return { kind: 'postgres', producer: connection, consumer: connection, close: () => pool.end() };
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
