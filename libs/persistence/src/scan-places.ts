import type { Sql } from './database.js';

/** A repository in which an image is tagged. */
export interface ScanPlace {
  repositoryId: number;
  fullName: string;
  teamId: number;
  namespaceId: number;
  tags: string[];
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
