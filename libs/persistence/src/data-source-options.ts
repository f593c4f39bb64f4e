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

/** TypeORM's options for PostgreSQL; the schema is only ever changed by migrations. */
export function dataSourceOptions(settings: DatabaseSettings): DataSourceOptions {
  return {
    type: 'postgres',
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
    extra: { statement_timeout: STATEMENT_TIMEOUT_MS, keepAlive: true },
    logging: false,
  };
}
