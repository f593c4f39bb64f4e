import type { Database, Sql } from './database.js';

/** Keeps what a sync is about to remove; part of the removing transaction. */
export async function keepRemovedTags(
  sql: Sql,
  runId: number,
  repositoryId: number,
  names: readonly string[],
): Promise<void> {
  await sql.query(
    `INSERT INTO removed_tags (run_id, repository_id, name, digest, author_id, username, pulled_at, created_at, updated_at)
     SELECT $1, t.repository_id, t.name, m.digest, t.author_id, t.username, t.pulled_at, t.created_at, t.updated_at
       FROM tags t JOIN manifests m ON m.id = t.manifest_id WHERE t.repository_id = $2 AND t.name = ANY($3)`,
    [runId, repositoryId, names],
  );
}

/** Tags that syncs removed, and the way back. */
export class RemovedTagsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Brings back what a run removed of one repository. A tag that is there again meanwhile is left as it is, and what was
   * removed stays restorable: it may go once more. Whoever reads
   * the repository at this moment loses its lease, and applies nothing that knows nothing of this. Returns how many.
   */
  async restore(runId: number, registryId: number, fullName: string, actor: string | null): Promise<number> {
    return this.database.transaction(async (sql) => {
      await sql.query(
        `INSERT INTO repository_leases AS l (registry_id, full_name, generation) VALUES ($1, $2, 1)
         ON CONFLICT (registry_id, full_name) DO UPDATE SET generation = l.generation + 1, holder = NULL, expires_at = NULL`,
        [registryId, fullName],
      );
      const [repository] = await sql.query<{ id: number }>(
        'SELECT id FROM repositories WHERE registry_id = $1 AND full_name = $2',
        [registryId, fullName],
      );
      if (!repository) return 0;
      const repositoryId = repository.id;
      const back = await sql.query<{ name: string; digest: string }>(
        `WITH taken AS (
           DELETE FROM removed_tags g WHERE run_id = $1 AND repository_id = $2
              AND EXISTS (SELECT FROM manifests m WHERE m.repository_id = $2 AND m.digest = g.digest)
              AND NOT EXISTS (SELECT FROM tags t WHERE t.repository_id = $2 AND t.name = g.name) RETURNING *)
         INSERT INTO tags (repository_id, name, manifest_id, author_id, username, pulled_at, created_at, updated_at)
         SELECT g.repository_id, g.name, m.id, u.id, g.username, g.pulled_at, g.created_at, now()
           FROM taken g JOIN manifests m ON m.repository_id = g.repository_id AND m.digest = g.digest
           LEFT JOIN users u ON u.id = g.author_id
         RETURNING name, (SELECT digest FROM manifests WHERE id = manifest_id) AS digest`,
        [runId, repositoryId],
      );
      if (back.length > 0) await noteReturn(sql, repositoryId, back, actor);
      return back.length;
    });
  }

  /** Forgets what was removed more than `days` ago, a bounded number at a time. */
  async purge(days: number, limit: number): Promise<void> {
    await this.database.query(
      `DELETE FROM removed_tags WHERE id IN (
         SELECT id FROM removed_tags WHERE removed_at < now() - make_interval(days => $1) ORDER BY removed_at LIMIT $2)`,
      [days, limit],
    );
  }
}

async function noteReturn(
  sql: Sql,
  repositoryId: number,
  back: readonly { name: string; digest: string }[],
  actor: string | null,
): Promise<void> {
  await sql.query(
    `INSERT INTO tag_revisions (repository_id, tag, digest, actor, learned_from)
     SELECT $1, b.*, $4, 'undo' FROM unnest($2::text[], $3::text[]) b`,
    [repositoryId, back.map((one) => one.name), back.map((one) => one.digest), actor],
  );
  // Not known to be equal any more: the next look says whether the registry has them.
  await sql.query(
    `UPDATE repositories SET tags_count = (SELECT count(*) FROM tags WHERE repository_id = $1), removed_at = NULL,
                             names_equal_at = NULL, digests_equal_at = NULL, updated_at = now()
      WHERE id = $1`,
    [repositoryId],
  );
}
