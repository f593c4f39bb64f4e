import type { Sql } from './sql.js';
import { type TransactionWatch, underWatch } from './transaction-watch.js';

/**
 * Rows that people change through the API, with the columns that change by themselves: these make no new version. What is
 * not named here does, so that a column that is added later is guarded without a word.
 */
const STEADY = {
  application_tokens: ['last_used_at', 'last_used_from'],
  comments: [],
  namespaces: [],
  registries: [
    'last_instance_id',
    'names_equal_at',
    'digests_equal_at',
    'clock_ahead_ms',
    'clock_database_ahead_ms',
    'clock_measured_at',
    'updated_at',
  ],
  repositories: [
    'tags_count',
    'stars',
    'absent_since',
    'removed_at',
    'pull_count',
    'pulled_at',
    'names_equal_at',
    'digests_equal_at',
    'updated_at',
    'size',
    'last_pushed_at',
  ],
  retention_rules: [],
  tags: ['absent_since', 'pull_count', 'pulled_at'],
  team_users: [],
  teams: [],
  // A password that is hashed anew is the same password; one that is changed has another credential_version.
  users: ['current_sign_in_at', 'last_sign_in_at', 'password_hash', 'updated_at'],
  // Of sealed texts that are sealed anew nothing changes; one that is entered has another updated_at.
  webhooks: ['password', 'secret', 'holder', 'expires_at', 'served_at'],
} as const satisfies Record<string, readonly string[]>;
export type GuardedTable = keyof typeof STEADY;

export interface GuardedRow {
  table: GuardedTable;
  id: number;
}

/** The row is not, or no longer, what the change was meant for. */
export class StaleRowError extends Error {
  override readonly name = 'StaleRowError';

  constructor() {
    super('the row was changed meanwhile');
  }
}

/**
 * The version of a row: a hash of what people may change of it. null: there is no such row.
 *
 * @param lock holds the row until the end of the transaction
 */
export async function versionOf(sql: Sql, { table, id }: GuardedRow, lock = false): Promise<string | null> {
  const [row] = await sql.query<{ version: string }>(
    `SELECT left(md5((to_jsonb(t) - $2::text[])::text), 20) AS version FROM ${table} t WHERE id = $1
      ${lock ? 'FOR NO KEY UPDATE' : ''}`,
    [id, STEADY[table]],
  );
  return row?.version ?? null;
}

/** Versions of the row with which a change may begin, and how far it is. */
export class RowGuard implements TransactionWatch {
  private expected: ReadonlySet<string>;
  /** The version that the last transaction left behind; undefined while there was none. null: the row is gone. */
  left: string | null | undefined;

  constructor(
    private readonly row: GuardedRow,
    expected: readonly string[],
  ) {
    this.expected = new Set(expected);
  }

  /** Runs `work`; every transaction and every writing statement in it is bound to the row's version. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    return underWatch(this, work);
  }

  /** At the beginning of a transaction: nobody else can change the row from here to its end. */
  async begin(sql: Sql): Promise<void> {
    // This change took the row away itself: what it writes afterwards, such as the audit log, is bound to nothing.
    if (this.left === null) return;
    const version = await versionOf(sql, this.row, true);
    if (version === null || !this.expected.has(version)) throw new StaleRowError();
  }

  /** At its end: what a further transaction of the same change has to find. */
  async end(sql: Sql): Promise<void> {
    this.left = await versionOf(sql, this.row);
    this.expected = new Set(this.left === null ? [] : [this.left]);
  }

  /** Whether the row has one of the versions, outside of a transaction: for changes that turned out to be none. */
  async holds(sql: Sql): Promise<boolean> {
    const version = await versionOf(sql, this.row);
    return version !== null && this.expected.has(version);
  }
}
