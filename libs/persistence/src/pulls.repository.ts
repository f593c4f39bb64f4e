import type { Database } from './database.js';

/** Turns noted pulls into "last pulled" of tags. */
export class PullsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Folds up to `limit` noted pulls and forgets them. Returns how many there were. One by digest (docker asks for the
   * digest of a tag first, and gets that then) counts for every tag that has the digest now.
   */
  async fold(limit: number): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `WITH taken AS (
         DELETE FROM pull_events WHERE id IN (SELECT id FROM pull_events ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING registry_id, repository, tag, digest, pulled_at),
       named AS (
         SELECT t.tag, t.digest, t.pulled_at, r.id AS repository_id
           FROM taken t JOIN repositories r ON r.registry_id = t.registry_id AND r.full_name = t.repository),
       pulled AS (
         SELECT g.id, n.pulled_at
           FROM named n JOIN tags g ON g.repository_id = n.repository_id AND g.name = n.tag
         UNION ALL
         SELECT g.id, n.pulled_at
           FROM named n JOIN manifests m ON m.repository_id = n.repository_id AND m.digest = n.digest
           JOIN tags g ON g.manifest_id = m.id
          WHERE n.tag IS NULL),
       noted AS (
         UPDATE tags SET pulled_at = greatest(tags.pulled_at, last.at)
           FROM (SELECT id, max(pulled_at) AS at FROM pulled GROUP BY id) last
          WHERE tags.id = last.id RETURNING 1)
       SELECT (SELECT count(*) FROM taken)::int AS n, (SELECT count(*) FROM noted) AS tags`,
      [limit],
    );
    return row?.n ?? 0;
  }
}
