import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AppError } from '#domain/errors/app-error.js';
import { Database, type Sql } from '../database.js';
import { type DatabaseSettings, migrationOptions } from '../data-source-options.js';
import { migrate } from '../migrate.js';
import { MIGRATIONS } from '../migrations/index.js';
import { tablesToKeep } from './tables.js';
import { type BackupEnd, type BackupHead, FORMAT, VERSION } from './write-backup.js';

export interface Restored {
  /** The moment that the database is of now, RFC 3339. */
  at: string;
  rows: Record<string, number>;
  /** Migrations that are newer than the backup, and were run after it. */
  upgraded: string[];
}

/**
 * Makes an empty database what it was when the backup was written, and then brings it to the newest schema. The rows are
 * stored in one transaction, which is committed only when the end of the backup was seen and says the same.
 *
 * @throws {AppError} when the database is not empty, or the lines are no whole backup of a known version
 */
export async function restoreBackup(settings: DatabaseSettings, lines: AsyncIterable<string>): Promise<Restored> {
  const input = lines[Symbol.asyncIterator]();
  const first = (await input.next()).value as string | undefined;
  const head = readHead(first ?? '');
  const names = new Set(head.migrations);
  const migrations = MIGRATIONS.filter(({ name }) => names.has(name));
  if (migrations.length < names.size)
    throw refusal('it is of a newer Portus than this one: restore it with that, and go on from there');
  const dataSource = await new DataSource({ ...migrationOptions(settings), migrations }).initialize();
  let rows: Record<string, number>;
  try {
    const database = new Database(dataSource);
    await requireEmpty(database);
    await dataSource.runMigrations();
    rows = await database.transaction((sql) => store(sql, first!, input));
  } finally {
    await dataSource.destroy();
  }
  return { at: head.at, rows, upgraded: await migrate(settings) };
}

function readHead(line: string): BackupHead {
  const head = parse(line) as Partial<BackupHead> | null;
  if (head?.format !== FORMAT || !Array.isArray(head.migrations)) throw refusal('it is no backup of Portus');
  if (head.version !== VERSION) throw refusal(`it has the format ${String(head.version)}, which is not known`);
  return head as BackupHead;
}

async function requireEmpty(sql: Sql): Promise<void> {
  const found = await sql.query(`SELECT FROM pg_tables WHERE schemaname = 'public' LIMIT 1`);
  if (found.length > 0) throw refusal('the database is not empty: make a new one, and name it in DATABASE_URL');
}

async function store(sql: Sql, first: string, input: AsyncIterator<string>): Promise<Record<string, number>> {
  const tables = new Map((await tablesToKeep(sql)).map((table) => [table.name, table]));
  const rules = await takeAway(sql, [...tables.keys()]);
  const hash = createHash('sha256').update(`${first}\n`);
  const rows: Record<string, number> = Object.fromEntries([...tables.keys()].map((name) => [name, 0]));
  for (;;) {
    const { value: line, done } = await input.next();
    if (done) throw refusal('it ends too early: it was cut off');
    if (line.startsWith('{')) {
      requireSame(parse(line) as BackupEnd, rows, hash.digest('hex'));
      break;
    }
    hash.update(`${line}\n`);
    const tab = line.indexOf('\t');
    const table = tables.get(line.slice(0, tab));
    if (!table) throw refusal(`it has a table that its schema has not: ${line.slice(0, Math.min(tab, 63))}`);
    const columns = table.columns.map((column) => `"${column}"`).join(', ');
    const [stored] = await sql.query<{ count: number }>(
      `WITH stored AS (INSERT INTO "${table.name}" (${columns}) OVERRIDING SYSTEM VALUE
         SELECT ${columns} FROM jsonb_populate_recordset(NULL::"${table.name}", $1::jsonb) RETURNING 1)
       SELECT count(*)::int AS count FROM stored`,
      [line.slice(tab + 1)],
    );
    rows[table.name]! += stored!.count;
  }
  for (const rule of rules) await sql.query(rule);
  await goOnCounting(sql);
  // Whoever held a repository at that moment is not here.
  if (tables.has('repository_leases'))
    await sql.query('UPDATE repository_leases SET holder = NULL, expires_at = NULL WHERE expires_at > now()');
  return rows;
}

/** Rows come in no order that references could follow; they are proved when all are there. Returns what brings them back. */
async function takeAway(sql: Sql, tables: string[]): Promise<string[]> {
  await sql.query(`TRUNCATE ${tables.map((name) => `"${name}"`).join(', ')}`);
  const rules = await sql.query<{ drop: string; add: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
            format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS add
       FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`,
  );
  for (const { drop } of rules) await sql.query(drop);
  return rules.map(({ add }) => add);
}

/** New rows get ids behind the restored ones. */
async function goOnCounting(sql: Sql): Promise<void> {
  const columns = await sql.query<{ table: string; column: string }>(
    `SELECT attrelid::regclass::text AS table, attname::text AS column FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE a.attidentity <> '' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'migrations'`,
  );
  for (const { table, column } of columns)
    await sql.query(
      `SELECT setval(pg_get_serial_sequence($1, $2), coalesce(max("${column}"), 0) + 1, false) FROM ${table}`,
      [table, column],
    );
}

function requireSame(end: BackupEnd | null, rows: Record<string, number>, sha256: string): void {
  if (end?.end !== true) throw refusal('its last line is none of a backup');
  if (end.sha256 !== sha256) throw refusal('it was changed after it was written');
  for (const [name, count] of Object.entries(end.rows))
    if (rows[name] !== count) throw refusal(`${name} has ${rows[name]} rows instead of ${count}`);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const refusal = (why: string): AppError => new AppError('bad_request', `the backup is not restored: ${why}`);
