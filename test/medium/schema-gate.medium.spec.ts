import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitSchema } from '#persistence/await-schema.js';
import { isMigrated, migrate, NewerSchemaError } from '#persistence/migrate.js';
import { MIGRATIONS } from '#persistence/migrations/index.js';
import { preflight } from '#persistence/preflight.js';
import { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const FUTURE = 'FarFuture9999999999999';
/** One that changes `scan_targets`. */
const BUSY = 'ScanMarks1795320000000';
/** The one that is taken back: the last by its time, not by its place in the list. */
const LAST = MIGRATIONS.map(({ name }) => name).toSorted((a, b) => Number(b.slice(-13)) - Number(a.slice(-13)))[0]!;

describe('a program and a schema of another version', () => {
  let database: TestDatabase;
  let warnings: string[];
  const logger = { warn: (message: string) => warnings.push(message) };
  const settings = () => ({ url: database.url, poolSize: 2, applicationName: 'portus-test' });
  const makeNewer = () =>
    database.sql.query(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, '${FUTURE}')`);

  beforeEach(async () => {
    warnings = [];
    database = await TestDatabase.create();
  });
  afterEach(() => database.drop());

  it('an older one is waited for', async () => {
    await database.sql.dataSource.undoLastMigration();
    let ready = false;
    const waiting = awaitSchema(database.sql, logger, false, 10).then(() => (ready = true));
    await until('it says so', () => warnings.length > 0);
    expect(warnings[0]).toContain('not migrated yet');
    expect(ready).toBe(false);
    await migrate(settings());
    await waiting;
  });

  it('a newer one is refused with its names, by programs and by the migration, unless it is accepted', async () => {
    await makeNewer();
    await expect(awaitSchema(database.sql, logger, false)).rejects.toThrow(NewerSchemaError);
    await expect(migrate(settings())).rejects.toThrow(FUTURE);
    expect(warnings).toEqual([]);
    await awaitSchema(database.sql, logger, true);
    expect(warnings).toEqual([expect.stringContaining(FUTURE)]);
  });

  it('a newer one that lacks what we know is refused as well: nothing is run on it', async () => {
    await database.sql.dataSource.undoLastMigration();
    await makeNewer();
    await expect(migrate(settings())).rejects.toThrow(NewerSchemaError);
    expect(await isMigrated(database.sql)).toBe(false);
  });

  it('a migration that waits for a busy table lets others pass, and is run when the table is free', async () => {
    const undone: string[] = [];
    while (undone[0] !== BUSY) {
      undone.unshift(await database.value<string>('SELECT name FROM migrations ORDER BY id DESC LIMIT 1'));
      await database.sql.dataSource.undoLastMigration();
    }
    const busy = new pg.Client({ connectionString: database.url });
    await busy.connect();
    try {
      await busy.query('BEGIN');
      // As somebody who writes for long.
      await busy.query('LOCK TABLE scan_targets IN ROW EXCLUSIVE MODE');
      const migrated = migrate(settings());
      const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await until('it waits', async () => (await database.sql.query(waits)).length > 0, { timeoutMs: 20_000 });
      // A writer queues behind it, but for no longer than one of its waits.
      await database.sql.query(`UPDATE scan_targets SET state = state`);
      expect(await isMigrated(database.sql)).toBe(false);
      await busy.query('COMMIT');
      expect(await migrated).toEqual(undone);
    } finally {
      await busy.end();
    }
  });

  it('is looked at before: what would be run, what is in the way, who else is there', async () => {
    expect(await preflight(database.sql)).toMatchObject({ pending: [], problems: [], warnings: [] });
    await database.sql.dataSource.undoLastMigration();
    const old = new pg.Client({ connectionString: database.url, application_name: 'portus-worker' });
    await old.connect();
    try {
      const found = await preflight(database.sql);
      expect(found).toMatchObject({ pending: [LAST], problems: [] });
      expect(found.warnings.join('\n')).toContain('1 × portus-worker');
      await makeNewer();
      expect((await preflight(database.sql)).problems).toEqual([expect.stringContaining(FUTURE)]);
    } finally {
      await old.end();
    }
  });
});
