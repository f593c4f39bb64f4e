import { createHash } from 'node:crypto';
import type { Database, Sql } from '../database.js';
import { tablesToKeep } from './tables.js';

/** Rows that are held in memory at once. */
const TOGETHER = 200;

export const FORMAT = 'portus-backup';
export const VERSION = 1;

/** The first line of a backup. */
export interface BackupHead {
  format: typeof FORMAT;
  version: typeof VERSION;
  /** When its one moment was, RFC 3339. */
  at: string;
  /** The schema that the rows are of. */
  migrations: string[];
}

/** The last line; without it a backup is only the beginning of one. */
export interface BackupEnd {
  end: true;
  /** Rows by table. */
  rows: Record<string, number>;
  /** Of all lines before, each with its line feed. */
  sha256: string;
}

/**
 * Writes every table as it was at one moment, whatever is pushed meanwhile: a head, lines of a table's name, a tab and a
 * JSON array of rows, and an end. It locks nothing that programs wait for, and asks for nothing but SELECT.
 *
 * @param write takes a line without its line feed; the next one waits for it
 */
export async function writeBackup(database: Database, write: (line: string) => Promise<void>): Promise<BackupEnd> {
  const hash = createHash('sha256');
  const say = async (line: string): Promise<void> => {
    hash.update(`${line}\n`);
    await write(line);
  };
  const rows: Record<string, number> = {};
  await database.transaction(async (sql) => {
    await sql.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await say(JSON.stringify(await head(sql)));
    for (const { name, made } of await tablesToKeep(sql)) rows[name] = await writeTable(sql, name, made, say);
  });
  const end: BackupEnd = { end: true, rows, sha256: hash.digest('hex') };
  await write(JSON.stringify(end));
  return end;
}

async function head(sql: Sql): Promise<BackupHead> {
  const [row] = await sql.query<{ at: Date; migrations: string[] }>(
    'SELECT now() AS at, ARRAY(SELECT name::text FROM migrations ORDER BY id) AS migrations',
  );
  return { format: FORMAT, version: VERSION, at: row!.at.toISOString(), migrations: row!.migrations };
}

async function writeTable(
  sql: Sql,
  name: string,
  made: string[],
  say: (line: string) => Promise<void>,
): Promise<number> {
  const without = made.map((column) => ` - '${column}'`).join('');
  await sql.query(`DECLARE backup NO SCROLL CURSOR FOR SELECT (to_jsonb(t)${without})::text AS row FROM "${name}" t`);
  let count = 0;
  for (;;) {
    const rows = await sql.query<{ row: string }>(`FETCH ${TOGETHER} FROM backup`);
    if (rows.length === 0) break;
    count += rows.length;
    // As text: numbers of any size stay what they are.
    await say(`${name}\t[${rows.map(({ row }) => row).join(',')}]`);
  }
  await sql.query('CLOSE backup');
  return count;
}
