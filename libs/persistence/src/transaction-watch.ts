import { WorkContext } from '#platform/lifecycle/work-context.js';
import type { Sql } from './sql.js';

/** Takes part in every transaction of some work: what it throws rolls the transaction back. */
export interface TransactionWatch {
  /** Right after the transaction began. */
  begin?(sql: Sql): Promise<void>;
  /** Right before it is committed. */
  end?(sql: Sql): Promise<void>;
}

/** The watches of the work under way. */
export interface Watched {
  watches: readonly TransactionWatch[];
  /** Whether a transaction of it is open: what else is asked of the pool meanwhile must not wait for it. */
  open: boolean;
}

const contexts = new WorkContext<Watched>();

/** Runs `work`; every transaction and every writing statement in it is watched. */
export async function underWatch<T>(watch: TransactionWatch, work: () => Promise<T>): Promise<T> {
  return contexts.run({ watches: [...(contexts.current?.watches ?? []), watch], open: false }, work);
}

export function currentWatch(): Watched | undefined {
  return contexts.current;
}
