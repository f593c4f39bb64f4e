import type { Database } from '#persistence/database.js';

export interface ColumnFacts {
  name: string;
  type: string;
  /** The database makes its value. */
  made: boolean;
  /** What a CHECK of this column alone allows; empty: anything. */
  allowed: string[];
}

export interface TableFacts {
  name: string;
  key: string[];
  columns: ColumnFacts[];
  references: { columns: string[]; table: string; to: string[] }[];
}

const COLUMNS = `
  SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
         a.attidentity <> '' OR a.attgenerated <> '' AS made,
         ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
                WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]) AS checks
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'migrations'
   ORDER BY c.relname, a.attnum`;

const NAMES = (of: string, keys: string): string =>
  `ARRAY(SELECT a.attname::text FROM unnest(${keys}) WITH ORDINALITY AS k(n, i)
           JOIN pg_attribute a ON a.attrelid = ${of} AND a.attnum = k.n ORDER BY k.i)`;

const CONSTRAINTS = `
  SELECT conrelid::regclass::text AS table, contype AS kind, ${NAMES('conrelid', 'conkey')} AS columns,
         nullif(confrelid, 0)::regclass::text AS to, ${NAMES('confrelid', 'confkey')} AS "toColumns"
    FROM pg_constraint WHERE contype IN ('p', 'f') AND connamespace = 'public'::regnamespace`;

/** The tables of a database, each behind those that it refers to. */
export async function tablesOf(database: Database): Promise<TableFacts[]> {
  const columns = await database.query<ColumnFacts & { table: string; checks: string[] }>(COLUMNS);
  const constraints = await database.query<{
    table: string;
    kind: 'p' | 'f';
    columns: string[];
    to: string;
    toColumns: string[];
  }>(CONSTRAINTS);
  const names = [...new Set(columns.map((column) => column.table))];
  const tables = names.map((name) => {
    const own = constraints.filter((constraint) => constraint.table === name);
    return {
      name,
      key: own.find(({ kind }) => kind === 'p')?.columns ?? [],
      columns: columns
        .filter((column) => column.table === name)
        .map(({ checks, name, type, made }) => ({ name, type, made, allowed: checks.flatMap(wordsOf) })),
      references: own
        .filter(({ kind }) => kind === 'f')
        .map((one) => ({ columns: one.columns, table: one.to, to: one.toColumns })),
    };
  });
  return inOrder(tables);
}

/** The words of `state = ANY (ARRAY['queued'::text, …])`. */
const wordsOf = (check: string): string[] =>
  check.includes('ANY (ARRAY[') ? [...check.matchAll(/'([^']*)'::text/g)].map(([, word]) => word!) : [];

/** Circles (a user's namespace, a namespace's owner) are cut at the reference that may be empty: it is left out. */
function inOrder(tables: TableFacts[]): TableFacts[] {
  const done: TableFacts[] = [];
  const visit = (table: TableFacts, path: readonly string[]): void => {
    if (done.includes(table)) return;
    for (const { table: to } of table.references)
      if (to !== table.name && !path.includes(to))
        visit(
          tables.find(({ name }) => name === to)!,
          [...path, table.name],
        );
    done.push(table);
  };
  for (const table of tables) visit(table, []);
  return done;
}

/** Everything that a schema is made of, one line each, without the order of columns. */
export async function schemaLines(database: Database): Promise<string[]> {
  const rows = await database.query<{ line: string }>(`
    SELECT format('column %s.%s %s %s %s', table_name, column_name, udt_name, is_nullable, coalesce(column_default, '')
                  || coalesce(generation_expression, '')) AS line
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
    UNION ALL SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT format('function %s', pg_get_functiondef(p.oid)) FROM pg_proc p
      WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1`);
  return rows.map(({ line }) => line);
}
