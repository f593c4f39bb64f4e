import { createHash } from 'node:crypto';
import type { Database, Sql } from './database.js';

/** Totals up to this number are counted with every answer. */
export const COUNTED = 10_000;
/** How long a larger one is used again, and how many are remembered. Milliseconds. */
const KEPT_MS = 60_000;
const REMEMBERED = 1_000;

interface Total {
  total: number;
  exact: boolean;
}

/** What is remembered of one database: large totals, by query, and whether one of them is being counted. */
interface Memory {
  totals: Map<string, Total & { at: number }>;
  counting: boolean;
}

const memories = new WeakMap<Database, Memory>();

/** Whose rows are counted. */
interface Counted {
  from: string;
  where: string;
  id: string;
  values: readonly unknown[];
}

/**
 * How many rows a list has. Exact up to {@link COUNTED}. A larger total is what was counted in the last minute or,
 * until that is done, what the planner expects: a list must not count a million rows for each of its pages.
 */
export async function totalOf(database: Database, { from: tables, where, id, values }: Counted): Promise<Total> {
  const from = `FROM ${tables} WHERE ${where}`;
  const memory = memoryOf(database);
  const key = createHash('sha256')
    .update(`${from}\n${JSON.stringify(values)}`)
    .digest('base64');
  const known = memory.totals.get(key);
  if (known && known.at > Date.now() - KEPT_MS) return known;
  const [row] = await database.query<{ total: number }>(
    // Ordered, so that an index is walked: the planner takes a count of everything for a reason to read the table.
    `SELECT count(*)::int AS total FROM (SELECT ${from} ORDER BY ${id} LIMIT ${COUNTED + 1}) counted`,
    [...values],
  );
  if (row!.total <= COUNTED) {
    memory.totals.delete(key);
    return { total: row!.total, exact: true };
  }
  const total = known?.total ?? Math.max(COUNTED + 1, await expected(database, from, values));
  remember(memory, key, total);
  countInBackground(database, memory, key, from, values);
  return { total, exact: false };
}

function memoryOf(database: Database): Memory {
  const memory = memories.get(database) ?? { totals: new Map(), counting: false };
  memories.set(database, memory);
  return memory;
}

/** The oldest entry goes when there are too many. */
function remember({ totals }: Memory, key: string, total: number): void {
  totals.delete(key);
  totals.set(key, { total, exact: false, at: Date.now() });
  if (totals.size > REMEMBERED) totals.delete(totals.keys().next().value!);
}

async function expected(sql: Sql, from: string, values: readonly unknown[]): Promise<number> {
  const [row] = await sql.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    `EXPLAIN (FORMAT JSON) SELECT ${from}`,
    [...values],
  );
  return row!['QUERY PLAN'][0].Plan['Plan Rows'];
}

/** One at a time in a process; one that fails is tried again when it is asked for. */
function countInBackground(
  database: Database,
  memory: Memory,
  key: string,
  from: string,
  values: readonly unknown[],
): void {
  if (memory.counting) return;
  memory.counting = true;
  database
    .query<{ total: number }>(`SELECT count(*)::int AS total ${from}`, [...values])
    .then(
      ([row]) => remember(memory, key, row!.total),
      () => undefined,
    )
    .finally(() => {
      memory.counting = false;
    });
}
