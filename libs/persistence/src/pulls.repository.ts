import type { Database } from './database.js';

/** Turns noted pulls into "last pulled" of tags. */
export class PullsRepository {
  constructor(private readonly database: Database) {}

  /** Folds up to `limit` noted pulls and forgets them. Returns how many there were. */
  async fold(limit: number): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `WITH taken AS (
         DELETE FROM pull_events WHERE id IN (SELECT id FROM pull_events ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING registry_id, repository, tag, digest, pulled_at),
       last AS (
         SELECT r.id AS repository_id, t.tag, max(t.pulled_at) AS at
           FROM taken t JOIN repositories r ON r.registry_id = t.registry_id AND r.full_name = t.repository
          WHERE t.tag IS NOT NULL GROUP BY r.id, t.tag),
       noted AS (
         UPDATE tags SET pulled_at = greatest(tags.pulled_at, last.at) FROM last
          WHERE tags.repository_id = last.repository_id AND tags.name = last.tag RETURNING 1)
       SELECT (SELECT count(*) FROM taken)::int AS n, (SELECT count(*) FROM noted) AS tags`,
      [limit],
    );
    return row?.n ?? 0;
  }
}
