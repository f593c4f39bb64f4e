import type { Sql } from '../database.js';

export interface KeptTable {
  name: string;
  /** What is stored of each row. */
  columns: string[];
  /** Columns that the database computes of others. */
  made: string[];
}

const TABLES = `
  SELECT c.relname::text AS name,
         ARRAY(SELECT attname::text FROM pg_attribute
                WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum) AS columns,
         ARRAY(SELECT attname::text FROM pg_attribute
                WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated <> '') AS made
    FROM pg_class c
   WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'migrations'
   ORDER BY c.relname`;

/** All tables of ours but that of the migrations, which a restored database has by itself. */
export async function tablesToKeep(sql: Sql): Promise<KeptTable[]> {
  return sql.query<KeptTable>(TABLES);
}
