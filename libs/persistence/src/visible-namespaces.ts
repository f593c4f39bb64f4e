import type { Sql } from './sql.js';
import type { Viewer } from './viewer.js';

/**
 * Ids of the namespaces that the viewer may pull from; null: of all. The same rule as `decide(…, 'pull', …)`. Lists ask
 * for them first: with the ids at hand the planner walks an index, without them it reads whole tables to join them.
 */
export async function visibleNamespaces(sql: Sql, viewer: Viewer): Promise<number[] | null> {
  const { userId, admin, namespaces } = viewer;
  if (admin && !namespaces) return null;
  const [row] = await sql.query<{ ids: number[] | null }>(
    `SELECT array_agg(v.id) AS ids FROM (
       SELECT id, name FROM namespaces WHERE visibility IN ('public', 'protected') AND NOT $2
        UNION SELECT n.id, n.name FROM team_users m JOIN namespaces n ON n.team_id = m.team_id
               WHERE m.user_id = $1 AND NOT $2
        UNION SELECT id, name FROM namespaces WHERE $2 AND name = ANY($3::text[])) v
      WHERE $3::text[] IS NULL OR v.name = ANY($3)`,
    [userId, admin, namespaces ?? null],
  );
  return row?.ids ?? [];
}
