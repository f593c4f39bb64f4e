import type { Database, Sql } from './database.js';

/** What a seal vouches for: every column that tells something, as text that does not depend on who reads it. */
export interface SealedRow {
  id: string;
  /** UTC with microseconds: JavaScript's dates are too coarse. */
  created_at: string;
  key: string;
  actor_id: number | null;
  actor_name: string | null;
  address: string | null;
  request_id: string | null;
  subject_type: string;
  subject_id: string | null;
  subject_name: string;
  team_id: number | null;
  namespace_id: number | null;
  /** The text of the jsonb value, which PostgreSQL writes in one order. */
  details: string;
}

export interface Seal {
  id: number;
  rows: number;
  hash: Buffer;
}

/** One sealer at a time, whatever process it is in: the number is arbitrary, and only ours. */
const LOCK = 7_091_835;

const COLUMNS = `id::text, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') AS created_at, key, actor_id,
  actor_name, address, request_id, subject_type, subject_id::text, subject_name, team_id, namespace_id, details::text`;

export class ActivitySealsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Makes the next link over at most `limit` committed rows that have none. @returns how many it covers; 0 when there is
   * none, or when another process seals just now
   */
  async seal(limit: number, hash: (former: Buffer | null, rows: SealedRow[]) => Buffer): Promise<number> {
    return this.database.transaction(async (sql) => {
      const [lock] = await sql.query<{ got: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS got', [LOCK]);
      if (!lock!.got) return 0;
      const rows = await sql.query<SealedRow>(
        `SELECT ${COLUMNS} FROM activities WHERE seal_id IS NULL ORDER BY activities.id LIMIT $1`,
        [limit],
      );
      if (rows.length > 0) await this.link(sql, rows, hash);
      return rows.length;
    });
  }

  private async link(
    sql: Sql,
    rows: SealedRow[],
    hash: (former: Buffer | null, rows: SealedRow[]) => Buffer,
  ): Promise<void> {
    const [last] = await sql.query<Seal>('SELECT id, rows, hash FROM activity_seals ORDER BY id DESC LIMIT 1');
    const id = (last?.id ?? 0) + 1;
    const values = [id, rows.length, hash(last?.hash ?? null, rows)];
    await sql.query('INSERT INTO activity_seals (id, rows, hash) VALUES ($1, $2, $3)', values);
    const ids = rows.map((row) => row.id);
    await sql.query('UPDATE activities SET seal_id = $1 WHERE id = ANY($2::bigint[])', [id, ids]);
  }

  async page(after: number, limit: number): Promise<Seal[]> {
    return this.database.query<Seal>('SELECT id, rows, hash FROM activity_seals WHERE id > $1 ORDER BY id LIMIT $2', [
      after,
      limit,
    ]);
  }

  async rowsOf(sealId: number, limit: number): Promise<SealedRow[]> {
    return this.database.query<SealedRow>(
      `SELECT ${COLUMNS} FROM activities WHERE seal_id = $1 ORDER BY activities.id LIMIT $2`,
      [sealId, limit],
    );
  }

  async countUnsealed(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM activities WHERE seal_id IS NULL',
    );
    return row!.count;
  }

  /** A seal that rows name and the chain does not have: links were cut off its end. */
  async firstUnknownSeal(): Promise<number | null> {
    const [row] = await this.database.query<{ id: number | null }>(
      `SELECT min(seal_id) AS id FROM activities WHERE seal_id > (SELECT coalesce(max(id), 0) FROM activity_seals)`,
    );
    return row!.id;
  }
}
