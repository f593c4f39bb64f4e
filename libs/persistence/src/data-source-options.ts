import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { ENTITIES } from '#domain/entities.js';
import { MIGRATIONS } from './migrations/index.js';

export interface DatabaseSettings {
  url: string;
  /** Connections of this process. */
  poolSize: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
}

/** Time to wait for a connection, milliseconds: a caller gets its 5xx soon when the database is away. */
const CONNECT_TIMEOUT_MS = 2_000;
/** No statement of ours takes this long; a stuck one must not hold a connection for ever. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** The same on our side, for a server that fell silent; later, so that one that lives says itself what was too slow. */
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
/** An idle connection is proved alive after this time, milliseconds: a failover leaves no word behind. */
const KEEP_ALIVE_MS = 10_000;

/** TypeORM's options for PostgreSQL; the schema is only ever changed by migrations. */
export function dataSourceOptions(settings: DatabaseSettings): DataSourceOptions {
  return optionsWith(settings, { statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS });
}

/** Whoever asks for a table waits behind a migration that waits for it; so that waits no longer than this at a time. */
const MIGRATION_LOCK_TIMEOUT_MS = 3_000;

/** The same without time limits: a migration may take as long as it needs, once it has its tables. */
export function migrationOptions(settings: DatabaseSettings): DataSourceOptions {
  return optionsWith(settings, { lock_timeout: MIGRATION_LOCK_TIMEOUT_MS });
}

function optionsWith(settings: DatabaseSettings, limits: Record<string, number>): DataSourceOptions {
  return {
    type: 'postgres',
    // Else it looks for one by itself, and may find another copy.
    driver: pg,
    url: settings.url,
    entities: [...ENTITIES],
    migrations: [...MIGRATIONS],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    poolSize: settings.poolSize,
    applicationName: settings.applicationName,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { ...limits, keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_MS },
    logging: false,
  };
}
