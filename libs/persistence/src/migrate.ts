import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { ConfigurationError } from '#platform/config/settings.js';
import { Database, type Sql } from './database.js';
import { type DatabaseSettings, migrationOptions } from './data-source-options.js';
import { NONE, type Patience, whenReached } from './when-reached.js';

/** Any number; the same in every process that migrates. */
const MIGRATION_LOCK = 7_406_541_203;

/** PostgreSQL's word for "somebody holds that table". */
const LOCK_NOT_AVAILABLE = '55P03';
/** A migration that was kept waiting is tried again after so many milliseconds, and so often. */
const AGAIN_MS = 1_000;
const TRIES = 60;

/** A newer Portus has changed the database: this program does not know what it would write into. */
export class NewerSchemaError extends ConfigurationError {
  constructor(unknown: readonly string[]) {
    super([]);
    const names = unknown.slice(0, 5).join(', ');
    this.message =
      `the database is newer than this Portus: a newer version has run ${unknown.length} migrations that this one ` +
      `does not know (${names}). Start that version again, or restore the backup from before it (docs/upgrade.md)`;
  }
}

/**
 * Runs all pending migrations, one process at a time. Returns the names of those that were run. Programs may serve
 * meanwhile: a table that is in use for long is waited for a few seconds at a time, so that nobody is kept waiting
 * behind us for longer than that.
 *
 * @param patience with a database that is not there yet; default none
 * @throws {NewerSchemaError} when a newer Portus has migrated the database
 */
export async function migrate(settings: DatabaseSettings, patience: Patience = NONE): Promise<string[]> {
  const dataSource = await whenReached(() => new DataSource(migrationOptions(settings)).initialize(), patience);
  const lock = dataSource.createQueryRunner();
  try {
    // A session lock on a connection of its own: TypeORM opens a transaction for each migration.
    await lock.query('SET lock_timeout = 0');
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const { missing, unknown } = await schemaState(new Database(dataSource));
    if (unknown.length > 0) throw new NewerSchemaError(unknown);
    for (let tries = TRIES; !(await ran(dataSource, tries)); tries--) await delay(AGAIN_MS);
    return missing;
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
    await dataSource.destroy();
  }
}

/** False: a table was in use. Each migration is a transaction, so those before it stay. */
async function ran(dataSource: DataSource, tries: number): Promise<boolean> {
  try {
    await dataSource.runMigrations();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE || tries <= 1) throw error;
    return false;
  }
}

/** How the schema stands to this program: what is still to be run, and what a newer program has run. */
export interface SchemaState {
  missing: string[];
  unknown: string[];
}

/** Reads it. */
export async function schemaState(database: Database): Promise<SchemaState> {
  const known = database.dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const [table] = await database.query<{ name: string | null }>(`SELECT to_regclass('migrations')::text AS name`);
  if (!table?.name) return { missing: known, unknown: [] };
  const done = await applied(database);
  return {
    missing: known.filter((name) => !done.has(name)),
    unknown: [...done].filter((name) => !known.includes(name)),
  };
}

/** True when the schema has every migration that this program knows. */
export async function isMigrated(database: Database): Promise<boolean> {
  return (await schemaState(database)).missing.length === 0;
}

async function applied(sql: Sql): Promise<Set<string>> {
  const rows = await sql.query<{ name: string }>('SELECT name FROM migrations');
  return new Set(rows.map((row) => row.name));
}
