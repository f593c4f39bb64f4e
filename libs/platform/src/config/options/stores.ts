import { integer, option, text } from './option.js';

/** Where everything is kept. */
export const STORES = {
  databaseUrl: option(
    'DATABASE_URL',
    'Stores',
    text.regex(/^postgres(?:ql)?:\/\//, 'must be a postgres:// URL'),
    null,
    'PostgreSQL, the only truth.',
    { secret: true, example: 'postgres://portus:secret@localhost:5432/portus' },
  ),
  databasePool: option('PORTUS_DB_POOL', 'Stores', integer(2, 200), '10', 'Connections of each process to PostgreSQL.'),
  redisUrl: option(
    'REDIS_URL',
    'Stores',
    text.regex(/^rediss?:\/\//, 'must be a redis:// URL'),
    null,
    'Redis for the queues. Without it they live in PostgreSQL.',
    { secret: true, example: 'redis://localhost:6379' },
  ),
} as const;
