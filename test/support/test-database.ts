import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '#persistence/data-source-options.js';
import { Database } from '#persistence/database.js';
import { migrate } from '#persistence/migrate.js';
import { migratedTemplate } from './template-database.js';

/** A database of one test file, on the server that DATABASE_URL names. */
export class TestDatabase {
  private constructor(
    readonly url: string,
    readonly sql: Database,
    private readonly name: string,
  ) {}

  /**
   * Makes the database. `migrated: false` leaves it empty; `relaxed: true` waits for no disk, for suites of thousands of
   * runs in which PostgreSQL itself does not crash.
   */
  static async create(
    options: { migrated?: boolean; poolSize?: number; relaxed?: boolean } = {},
  ): Promise<TestDatabase> {
    const name = `test_${randomBytes(6).toString('hex')}`;
    const template = (options.migrated ?? true) ? migratedTemplate(serverUrl()) : null;
    await onServer(`CREATE DATABASE ${name} ${template ?? ''}`);
    if (options.relaxed) await onServer(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    const url = new URL(serverUrl());
    url.pathname = `/${name}`;
    const settings = { url: url.href, poolSize: options.poolSize ?? 10, applicationName: 'portus-test' };
    if ((options.migrated ?? true) && template === null) await migrate(settings);
    const source = await new DataSource(dataSourceOptions(settings)).initialize();
    return new TestDatabase(url.href, new Database(source), name);
  }

  /** The first column of the first row. */
  async value<T>(text: string, values: unknown[] = []): Promise<T> {
    const [row] = await this.sql.query<Record<string, T>>(text, values);
    return Object.values(row ?? {})[0] as T;
  }

  /** Empties all tables but that of the migrations. */
  async truncate(): Promise<void> {
    const rows = await this.sql.query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'`,
    );
    await this.sql.query(`TRUNCATE ${rows.map((row) => row.name).join(', ')} RESTART IDENTITY CASCADE`);
  }

  /** Closes the connections and drops the database, also under connections that somebody else still has. */
  async drop(): Promise<void> {
    await this.sql.dataSource.destroy();
    await onServer(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }
}

function serverUrl(): string {
  const url = process.env.DATABASE_URL;
  if (url === undefined) throw new Error('these tests need a PostgreSQL server: set DATABASE_URL, or use npm test');
  return url;
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
