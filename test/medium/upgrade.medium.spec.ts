import { DataSource } from 'typeorm';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { migrationOptions } from '#persistence/data-source-options.js';
import { isMigrated, migrate } from '#persistence/migrate.js';
import { MIGRATIONS } from '#persistence/migrations/index.js';
import { fillAll, snapshotOf } from '../support/old-data.js';
import { schemaLines } from '../support/schema-facts.js';
import { TestDatabase } from '../support/test-database.js';
import states from '../vectors/schema-states.json' with { type: 'json' };

/** `npm run upgrade:check` begins at every one of them; else at some, the oldest and the newest among them. */
const EACH = process.env['UPGRADE_STATES'] === 'all' ? 1 : 5;
const BEGINNINGS = states.flatMap(({ adds }, i) =>
  i % EACH === 0 || i === states.length - 1 ? [[i + 1, adds.join(', ')] as const] : [],
);

/** What migrations took away on purpose: tables and columns whose content is not kept, each with the reason. */
const GONE: Record<string, string> = {
  scan_reports: 'rows that waited for a scanner which nobody had yet; every manifest is planned anew',
};
/** Columns whose values migrations change on purpose. */
const CHANGED: Record<string, string> = {};

const settingsOf = (database: TestDatabase) => ({ url: database.url, poolSize: 2, applicationName: 'portus-test' });

/** The schema that was landed then: with exactly these migrations, in the order in which they stand in the list. */
async function migrateTo(database: TestDatabase, names: ReadonlySet<string>): Promise<void> {
  const migrations = MIGRATIONS.filter(({ name }) => names.has(name));
  expect(migrations).toHaveLength(names.size);
  const dataSource = await new DataSource({ ...migrationOptions(settingsOf(database)), migrations }).initialize();
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
}

describe('an upgrade from schemas that landed', () => {
  let database: TestDatabase;
  let newest: string[];

  beforeAll(async () => {
    const fresh = await TestDatabase.create();
    newest = await schemaLines(fresh.sql);
    expect(newest.length).toBeGreaterThan(100);
    await fresh.drop();
  });
  afterEach(() => database?.drop());

  it.each(BEGINNINGS)(
    'keeps every row of schema %i (%s), and ends in the same schema as an empty database',
    async (count) => {
      database = await TestDatabase.create({ migrated: false });
      await migrateTo(database, new Set(states.slice(0, count).flatMap(({ adds }) => adds)));
      await fillAll(database.sql);
      const before = await snapshotOf(database.sql);
      await migrate(settingsOf(database));
      expect(await isMigrated(database.sql)).toBe(true);
      expect(await schemaLines(database.sql)).toEqual(newest);
      expect(lost(before, await snapshotOf(database.sql))).toEqual([]);
    },
  );
});

type Snapshot = Awaited<ReturnType<typeof snapshotOf>>;

/** One line for everything that was there before and is not, or is other, after. */
function lost(before: Snapshot, after: Snapshot): string[] {
  const lines: string[] = [];
  for (const [table, rows] of before) {
    const kept = after.get(table);
    if (kept === undefined || table in GONE) {
      if (!(table in GONE)) lines.push(`table ${table} is gone`);
      continue;
    }
    expect(rows.size, `${table} was filled`).toBeGreaterThan(0);
    for (const [key, row] of rows) lines.push(...differences(table, key, row, kept.get(key)));
  }
  return lines;
}

function differences(table: string, key: string, row: object, kept: Record<string, unknown> | undefined): string[] {
  if (kept === undefined) return [`${table} ${key} is gone`];
  return Object.entries(row).flatMap(([column, value]) => {
    const name = `${table}.${column}`;
    if (name in GONE || name in CHANGED) return [];
    if (!(column in kept)) return [`column ${name} is gone`];
    const now = JSON.stringify(kept[column]);
    return now === JSON.stringify(value) ? [] : [`${name} ${key}: ${JSON.stringify(value)} became ${now}`];
  });
}
