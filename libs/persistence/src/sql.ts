import type { QueryResultRow } from 'pg';

/** Anything that runs SQL: the pool, or one transaction. */
export interface Sql {
  query<R extends QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
}
