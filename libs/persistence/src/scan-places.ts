import type { Sql } from './database.js';

/** A repository in which an image is tagged. */
export interface ScanPlace {
  repositoryId: number;
  fullName: string;
  teamId: number;
  namespaceId: number;
  tags: string[];
}

/** What a first verdict of an image means. */
export interface ScanNews {
  /** Whether the image came when the scanner was there already: a push, and nothing that a registry held before. */
  isNews: boolean;
  /** Whether the scanner makes up what it finds. */
  demo: boolean;
}

/**
 * Whether one of these targets, an image and the indexes that list it, came after its scanner was switched on, by somebody's
 * push or after the first sync of its registry. Whoever switches a scanner on, or adds a registry, is not told of its whole
 * stock.
 */
export async function newsOf(sql: Sql, scanner: string, targetIds: readonly string[]): Promise<ScanNews> {
  const [row] = await sql.query<ScanNews & Record<string, unknown>>(
    `SELECT n.demo, EXISTS (
              SELECT FROM scan_targets t JOIN manifests m ON m.digest = t.digest
                JOIN repositories r ON r.id = m.repository_id AND r.registry_id = t.registry_id
                JOIN tags g ON g.manifest_id = m.id
               WHERE t.id = ANY($2::bigint[]) AND t.created_at >= n.enabled_at
                 AND (g.username IS NOT NULL
                   OR EXISTS (SELECT FROM sync_runs s WHERE s.registry_id = t.registry_id AND s.state = 'done' AND NOT s.dry_run
                                                        AND s.finished_at <= t.created_at))) AS "isNews"
       FROM scanners n WHERE n.name = $1`,
    [scanner, targetIds],
  );
  return row ?? { isNews: false, demo: false };
}

/** Where targets are tagged: at most a hundred repositories, with twenty tags of each. */
export async function placesOfTargets(sql: Sql, targetIds: readonly string[]): Promise<ScanPlace[]> {
  return sql.query<ScanPlace & Record<string, unknown>>(
    `SELECT r.id AS "repositoryId", r.full_name AS "fullName", n.team_id AS "teamId", n.id AS "namespaceId",
            (array_agg(DISTINCT g.name ORDER BY g.name))[1:20] AS tags
       FROM scan_targets t JOIN manifests m ON m.digest = t.digest
       JOIN repositories r ON r.id = m.repository_id AND r.registry_id = t.registry_id
       JOIN namespaces n ON n.id = r.namespace_id JOIN tags g ON g.manifest_id = m.id
      WHERE t.id = ANY($1::bigint[]) GROUP BY r.id, n.id ORDER BY r.id LIMIT 100`,
    [targetIds],
  );
}
