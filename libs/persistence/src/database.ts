import type { Client, Pool, PoolClient, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { atMost } from '#platform/lifecycle/at-most.js';
import type { Sql } from './sql.js';
import { currentWatch } from './transaction-watch.js';

export type { Sql } from './sql.js';

/** A statement that the server plans once per connection. */
export interface Prepared {
  name: string;
  text: string;
}

/**
 * Milliseconds after which a query of the request path is given up, also when the server hangs: the caller gets its 5xx
 * and the registry tries again.
 */
const REQUEST_TIMEOUT_MS = 5_000;
/** A server that takes longer to say that it is there is of no use, milliseconds. */
const PING_TIMEOUT_MS = 1_500;

const READS = /^\s*(SELECT|EXPLAIN)\b/i;

/** Plain SQL beside TypeORM, over the same pool: for hot paths and for statements that an ORM can not say. */
export class Database implements Sql {
  /**
   * @param dataSource initialized: its pool is watched from now on
   * @param prepares false: nothing is kept by a connection, which may be another one with the next transaction
   */
  constructor(
    readonly dataSource: DataSource,
    private readonly prepares = true,
  ) {
    this.pool.on('release', endIfSilent);
  }

  /** The pool of TypeORM's driver. BullMQ's PostgreSQL backend shares it. */
  get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  async query<R extends QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
    const watched = currentWatch();
    // Whoever watches what is changed takes part in the transaction of the change.
    if (watched && !watched.open && !READS.test(text)) return this.transaction((sql) => sql.query<R>(text, values));
    return (await this.pool.query<R>(text, values)).rows;
  }

  /** Runs a prepared statement of the request path, with a client-side time limit. */
  async prepared<R extends QueryResultRow>({ name, text }: Prepared, values: unknown[]): Promise<R[]> {
    const config = { ...(this.prepares ? { name } : {}), text, values, query_timeout: REQUEST_TIMEOUT_MS };
    return (await this.pool.query<R>(config)).rows;
  }

  /** Whether the server answers at all, found out within a short time. */
  async answers(): Promise<boolean> {
    const config = { text: 'SELECT 1', query_timeout: PING_TIMEOUT_MS };
    const answer = this.pool.query(config).then(
      () => true,
      () => false,
    );
    return (await atMost(PING_TIMEOUT_MS, answer)) && answer;
  }

  /** Runs `work` in one transaction; rolls back when it throws. Who watches the work takes part in it. */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const watched = currentWatch();
    const client = await this.pool.connect();
    // A server that goes away speaks also where nobody asks; the statement under way fails by itself.
    client.on('error', ignore);
    try {
      await client.query('BEGIN');
      const sql = sqlOf(client);
      if (watched) watched.open = true;
      for (const watch of watched?.watches ?? []) await watch.begin?.(sql);
      const result = await work(sql);
      for (const watch of watched?.watches ?? []) await watch.end?.(sql);
      await client.query('COMMIT');
      release(client);
      return result;
    } catch (error) {
      release(client, await rollBack(client));
      throw error;
    } finally {
      if (watched) watched.open = false;
    }
  }
}

const ignore = (): void => undefined;

/** Returns what went wrong: a connection whose rollback fails is broken, and must not go back into the pool. */
async function rollBack(client: PoolClient): Promise<Error | undefined> {
  // The rollback would only wait behind it, for the whole time limit again.
  if (isSilent(client)) return new Error('a statement was given up');
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Whether a query was given up by our time limit: the driver still waits for its answer, and has no other word for it. */
function isSilent(client: PoolClient): boolean {
  return Boolean((client as unknown as Record<string, unknown>)['_activeQuery']);
}

/** TypeORM gives such a connection back as if it were good; the next query would hang behind the former one. */
function endIfSilent(_error: Error, client: PoolClient): void {
  if (isSilent(client)) void (client as unknown as Client).end().catch(ignore);
}

function release(client: PoolClient, broken?: Error): void {
  client.off('error', ignore);
  client.release(broken);
}

function sqlOf(client: PoolClient): Sql {
  return {
    async query<R extends QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
      return (await client.query<R>(text, values)).rows;
    },
  };
}
