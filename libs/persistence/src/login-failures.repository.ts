import type { Database } from './database.js';

export interface FailureCounts {
  /** Wrong passwords of this user from this address within the window. */
  pair: number;
  /** Seconds since the oldest of them. */
  oldestPairAge: number;
  /** Wrong passwords from this address, whoever was tried, within the last minute. */
  address: number;
}

/** Wrong passwords of a user from an address count for so long. */
export const FAILURES_COUNT_SECONDS = 600;
/** Tries of the same password within this time are one mistake, seconds. */
const SAME_ATTEMPT_SECONDS = 10;

export class LoginFailuresRepository {
  constructor(private readonly database: Database) {}

  /** @param windowSeconds how far back wrong passwords of the pair count; only the newest `limit` are looked at */
  async count(username: string, address: string, windowSeconds: number, limit: number): Promise<FailureCounts> {
    const [row] = await this.database.prepared<{ pair: number; age: number | null; address: number }>(
      {
        name: 'login_failures_count',
        text: `
          SELECT count(*)::int AS pair, extract(epoch FROM now() - min(f.failed_at))::float AS age,
                 (SELECT count(*)::int FROM (
                    SELECT FROM login_failures a WHERE a.address = $2 AND a.failed_at > now() - interval '1 minute'
                     LIMIT 10000) t) AS address
            FROM (SELECT failed_at FROM login_failures
                   WHERE username = $1::citext AND address = $2 AND failed_at > now() - make_interval(secs => $3)
                   ORDER BY failed_at DESC LIMIT $4) f`,
      },
      [username, address, windowSeconds, limit],
    );
    return { pair: row?.pair ?? 0, oldestPairAge: row?.age ?? 0, address: row?.address ?? 0 };
  }

  async record(username: string, address: string, attempt: Buffer): Promise<void> {
    await this.database.query(
      `INSERT INTO login_failures (username, address, attempt) SELECT $1::citext, $2, $3
        WHERE NOT EXISTS (SELECT FROM login_failures WHERE username = $1::citext AND address = $2 AND attempt = $3
                             AND failed_at > now() - make_interval(secs => $4))`,
      [username, address, attempt, SAME_ATTEMPT_SECONDS],
    );
  }

  /**
   * Counts one passage of a door that is open to everybody, which stands where a name does. Who is refused writes nothing
   * as a rule: a flood leaves no rows to be counted through. Of many at once the first ones pass.
   *
   * @returns whether there were fewer than `limit` within the window; and the age of the oldest of them, seconds
   */
  async pass(
    door: string,
    key: string,
    windowSeconds: number,
    limit: number,
  ): Promise<{ passed: boolean; oldestAge: number }> {
    const [made] = await this.database.query<{ id: string }>(
      `INSERT INTO login_failures (username, address, attempt) SELECT $1::citext, $2::text, ''
        WHERE (SELECT count(*) FROM (SELECT FROM login_failures
                 WHERE username = $1::citext AND address = $2 AND failed_at > now() - make_interval(secs => $3)
                 LIMIT $4) f) < $4
       RETURNING id`,
      [door, key, windowSeconds, limit],
    );
    const [row] = await this.database.query<{ place: number; age: number | null }>(
      `SELECT count(*)::int AS place, extract(epoch FROM now() - min(failed_at))::float AS age FROM login_failures
        WHERE username = $1::citext AND address = $2 AND ($3::bigint IS NULL OR id <= $3)
          AND failed_at > now() - make_interval(secs => $4)`,
      [door, key, made?.id ?? null, windowSeconds],
    );
    return { passed: made !== undefined && row!.place <= limit, oldestAge: row?.age ?? 0 };
  }

  /** After the right password the former wrong ones were slips. */
  async forget(username: string, address: string): Promise<void> {
    await this.database.query('DELETE FROM login_failures WHERE username = $1::citext AND address = $2', [
      username,
      address,
    ]);
  }

  /** Deletes what can not count any more, a bounded number at a time. */
  async purge(limit: number): Promise<void> {
    await this.database.query(
      `DELETE FROM login_failures WHERE id IN (
         SELECT id FROM login_failures WHERE failed_at < now() - interval '1 hour' ORDER BY failed_at LIMIT $1)`,
      [limit],
    );
  }
}
