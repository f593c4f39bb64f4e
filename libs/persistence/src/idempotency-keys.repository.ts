import type { IdempotencyState } from '#domain/idempotency/idempotency-key.entity.js';
import type { Database } from './database.js';
import type { Sql } from './sql.js';

/** Keys of a day that one user may have. */
export const MAX_KEYS_OF_USER = 1_000;
/** A request that is at work longer than this is thought to be gone, seconds; if it is not, it can not commit any more. */
const LONGEST_SECONDS = 300;

/** One request with a key. */
export interface Claim {
  userId: number;
  key: string;
  fingerprint: Buffer;
  /** A new UUID. */
  holder: string;
}

export interface KnownKey {
  fingerprint: Buffer;
  state: IdempotencyState;
  answer: string | null;
}

/** Creations with a key: each is carried out once within a day, whatever comes at the same time. */
export class IdempotencyKeysRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes a key that is new, a day old, or whose request is gone. Otherwise what is known of it; null: the user has too many
   * keys.
   */
  async claim({ userId, key, fingerprint, holder }: Claim): Promise<'ours' | KnownKey | null> {
    const claimed = await this.database.query(
      `INSERT INTO idempotency_keys AS k (user_id, key, fingerprint, holder)
       SELECT $1::int, $2::text, $3::bytea, $4::uuid
        WHERE EXISTS (SELECT FROM idempotency_keys WHERE user_id = $1 AND key = $2)
           OR (SELECT count(*) FROM (SELECT FROM idempotency_keys WHERE user_id = $1 LIMIT $5) c) < $5
       ON CONFLICT (user_id, key) DO UPDATE
          SET fingerprint = excluded.fingerprint, holder = excluded.holder, state = 'running', answer = NULL, created_at = now()
        WHERE k.created_at < now() - interval '1 day'
           OR (k.state = 'running' AND k.created_at < now() - make_interval(secs => $6))
       RETURNING 1`,
      [userId, key, fingerprint, holder, MAX_KEYS_OF_USER, LONGEST_SECONDS],
    );
    if (claimed.length > 0) return 'ours';
    const [known] = await this.database.query<KnownKey & Record<string, unknown>>(
      'SELECT fingerprint, state, answer FROM idempotency_keys WHERE user_id = $1 AND key = $2',
      [userId, key],
    );
    return known ?? null;
  }

  /** Part of the transaction that makes something. False: another request has taken the key over. */
  async noteMade({ userId, key, holder }: Claim, sql: Sql): Promise<boolean> {
    const rows = await sql.query(
      `UPDATE idempotency_keys SET state = 'made' WHERE user_id = $1 AND key = $2 AND holder = $3 RETURNING 1`,
      [userId, key, holder],
    );
    return rows.length > 0;
  }

  /** Keeps the answer; null: it is too long to be kept. */
  async noteAnswer({ userId, key, holder }: Claim, answer: string | null): Promise<void> {
    await this.database.query(
      `UPDATE idempotency_keys SET state = 'answered', answer = $4
        WHERE user_id = $1 AND key = $2 AND holder = $3`,
      [userId, key, holder, answer],
    );
  }

  /** Forgets a request that made nothing: the same key may be used again. */
  async release({ userId, key, holder }: Claim): Promise<void> {
    await this.database.query(
      `DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND holder = $3 AND state = 'running'`,
      [userId, key, holder],
    );
  }

  /** Deletes what is older than a day. */
  async purge(limit: number): Promise<void> {
    await this.database.query(
      `DELETE FROM idempotency_keys WHERE (user_id, key) IN (
         SELECT user_id, key FROM idempotency_keys WHERE created_at < now() - interval '1 day' ORDER BY created_at LIMIT $1)`,
      [limit],
    );
  }
}
