import { bool, integer, option, servers, text } from './option.js';

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
  databasePrepares: option(
    'PORTUS_DB_PREPARED_STATEMENTS',
    'Stores',
    bool,
    'true',
    'Whether statements of the request path are prepared once for each connection. Behind a pooler that shares connections between transactions and does not follow them (PgBouncer before 1.21) it must be false.',
  ),
  databaseAcceptNewer: option(
    'PORTUS_DB_ACCEPT_NEWER',
    'Stores',
    bool,
    'false',
    'Whether to start on a database that a newer Portus has migrated: for the way back to the version before, which docs/upgrade.md tells.',
  ),
  redisUrl: option(
    'REDIS_URL',
    'Stores',
    text.regex(/^rediss?:\/\//, 'must be a redis:// URL'),
    null,
    'Redis for the queues. Without it they live in PostgreSQL.',
    { secret: true, example: 'redis://localhost:6379' },
  ),
  redisSentinels: option(
    'PORTUS_REDIS_SENTINELS',
    'Stores',
    servers,
    '',
    'Sentinels, host:port separated by commas. REDIS_URL then names, in place of the host, the master as they know it: redis://:password@mymaster.',
  ),
  redisSentinelPassword: option(
    'PORTUS_REDIS_SENTINEL_PASSWORD',
    'Stores',
    text,
    null,
    'Password of the sentinels themselves, where they want one.',
    { secret: true, example: 'a password' },
  ),
  redisCluster: option(
    'PORTUS_REDIS_CLUSTER',
    'Stores',
    servers,
    '',
    'Nodes of a Redis Cluster, host:port separated by commas, by which the others are found; REDIS_URL names one of them, user and password.',
  ),
  redisCaPath: option(
    'PORTUS_REDIS_CA_PATH',
    'Stores',
    text,
    null,
    'PEM file of the certificates that are trusted at Redis (rediss://); without it those of the system.',
    { example: '/etc/ssl/redis-ca.pem' },
  ),
} as const;
