import { DataSource } from 'typeorm';
import { Database, type Sql } from './database.js';
import { type DatabaseSettings, migrationOptions } from './data-source-options.js';

/** Any number; the same in every process that migrates. */
const MIGRATION_LOCK = 7_406_541_203;

/** Runs all pending migrations, one process at a time. Returns the names of those that were run. */
export async function migrate(settings: DatabaseSettings): Promise<string[]> {
  const dataSource = await new DataSource(migrationOptions(settings)).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    // A session lock on a connection of its own: TypeORM opens a transaction for each migration.
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const run = await dataSource.runMigrations();
    return run.map((migration) => migration.name);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
    await dataSource.destroy();
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
