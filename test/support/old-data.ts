import type { Database } from '#persistence/database.js';
import { type ColumnFacts, type TableFacts, tablesOf } from './schema-facts.js';

const ROWS = 3;

type Row = Record<string, unknown>;

/** Values that rules of the database want: `table.column` → one for each row. */
const SPECIAL: Record<string, (n: number) => unknown> = {
  'application_tokens.actions': (n) => ['pull', 'push', 'delete'].slice(0, n),
};

/** Puts rows into every table of a schema, whatever that is: all columns have values, and references lead somewhere. */
export async function fillAll(database: Database): Promise<void> {
  const rows = new Map<string, Row[]>();
  for (const table of await tablesOf(database)) {
    const made: Row[] = [];
    for (let n = 0; n < ROWS; n++) made.push(await insert(database, table, rowOf(table, rows, n)));
    rows.set(table.name, made);
  }
}

function rowOf(table: TableFacts, rows: Map<string, Row[]>, n: number): Row {
  const row: Row = {};
  for (const column of table.columns) if (!column.made) row[column.name] = valueOf(table.name, column, n);
  for (const { columns, table: to, to: named } of table.references) {
    // Itself, or one that refers to this: not there yet.
    const target = rows.get(to)?.[n];
    columns.forEach((column, i) => (row[column] = target?.[named[i]!] ?? null));
  }
  return row;
}

function valueOf(table: string, { name, type, allowed }: ColumnFacts, n: number): unknown {
  const special = SPECIAL[`${table}.${name}`];
  if (special) return special(n);
  if (allowed.length > 0) return allowed[n % allowed.length];
  const make = TYPES[type];
  if (!make) throw new Error(`${table}.${name}: no value of the type ${type} is known`);
  return make(n, `${table} ${name}`);
}

const TYPES: Record<string, (n: number, what: string) => unknown> = {
  text: (n, what) => `${what} ${n}`,
  citext: (n, what) => `${what} ${n}`,
  integer: (n) => n + 1,
  smallint: (n) => n + 1,
  bigint: (n) => n + 1,
  boolean: (n) => n % 2 === 1,
  real: (n) => n + 0.5,
  'double precision': (n) => n + 0.5,
  date: (n) => `2026-01-0${n + 1}`,
  'timestamp with time zone': (n) => `2026-02-0${n + 1}T12:00:00Z`,
  jsonb: (n, what) => JSON.stringify({ [what]: n }),
  bytea: (n) => Buffer.from([n]),
  uuid: (n) => `00000000-0000-4000-8000-00000000000${n}`,
  inet: (n) => `10.0.0.${n + 1}`,
  'text[]': (n, what) => [`${what} ${n}`],
  'integer[]': (n) => [n],
  'bigint[]': (n) => [n],
};

async function insert(database: Database, table: TableFacts, row: Row): Promise<Row> {
  const names = Object.keys(row);
  const places = names.map((_, i) => `$${i + 1}`);
  const [made] = await database
    .query<Row>(
      `INSERT INTO "${table.name}" (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${places.join(', ')}) RETURNING *`,
      Object.values(row),
    )
    .catch((cause: Error) => {
      throw new Error(`${table.name}: ${cause.message}: ${JSON.stringify(row)}`, { cause });
    });
  return made!;
}

/** All rows of all tables, as JSON, by table and then by primary key. */
export async function snapshotOf(database: Database): Promise<Map<string, Map<string, Row>>> {
  const found = new Map<string, Map<string, Row>>();
  for (const { name, key } of await tablesOf(database)) {
    const rows = await database.query<{ row: Row }>(`SELECT to_jsonb(t) AS row FROM "${name}" t`);
    const keyOf = (row: Row): string => JSON.stringify(key.length > 0 ? key.map((column) => row[column]) : row);
    found.set(name, new Map(rows.map(({ row }) => [keyOf(row), row])));
  }
  return found;
}
