import type { SubjectType, ActivityKey } from '#domain/activity/activity-keys.js';
import type { Sql } from '../database.js';

/** One thing of an export, with names in place of ids. */
export type TransferItem = Record<string, unknown>;

/** One kind of things that are carried from one database to another. */
export interface TransferSection {
  name: string;
  /** Fields that tell one from the other. */
  key: readonly string[];
  /** Those of them whose letters are compared as if they were small, as the database does (citext). */
  folded?: readonly string[];
  subject: SubjectType;
  /** What a new one, and a replaced one, is called in the activities. */
  activities: { created: ActivityKey; replaced: ActivityKey };
  /** All of them, as the column `item` (jsonb). */
  read: string;
  /** Writes one and returns its id; null when something that it names is not there. */
  insert(sql: Sql, item: TransferItem): Promise<number | null>;
  update(sql: Sql, item: TransferItem): Promise<number | null>;
}

/** The columns of an item, for SQL. */
export async function idBy(sql: Sql, statement: string, item: TransferItem): Promise<number | null> {
  const [row] = await sql.query<{ id: number }>(statement, [JSON.stringify(item)]);
  return row?.id ?? null;
}

/** A moment as text that does not depend on who reads it. */
export const utc = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
