import type { NamespaceFacts, Visibility } from '#domain/policy/facts.js';
import type { Database, Sql } from './database.js';
import type { Listed, NAMESPACE_SORTS, Page } from './listing.js';

/** Who looks: administrators see everything, others what their membership and its visibility allow. */
export interface Viewer {
  userId: number;
  admin: boolean;
  /** Names of the namespaces that the credentials are kept to; null or absent: to none. */
  namespaces?: readonly string[] | null;
}

/** The first three values of every query that has {@link VISIBLE_NAMESPACE} in it. */
export function seenBy(viewer: Viewer): [number, boolean, readonly string[] | null] {
  return [viewer.userId, viewer.admin, viewer.namespaces ?? null];
}

export interface NamespaceRow {
  id: number;
  name: string;
  kind: NamespaceFacts['kind'];
  visibility: Visibility;
  ownerId: number | null;
  description: string;
  createdAt: Date;
  updatedAt: Date;
  teamId: number;
  teamName: string;
  teamHidden: boolean;
  registryId: number;
  registryHostname: string;
  /** The viewer's. */
  role: NamespaceFacts['role'];
}

const COLUMNS = `
  n.id, n.name, n.kind, n.visibility, n.owner_id AS "ownerId", n.description, n.created_at AS "createdAt",
  n.updated_at AS "updatedAt", t.id AS "teamId", t.name::text AS "teamName", t.hidden AS "teamHidden",
  r.id AS "registryId", coalesce(r.external_hostname, r.hostname) AS "registryHostname", m.role`;

const FROM = `
  FROM namespaces n JOIN teams t ON t.id = n.team_id JOIN registries r ON r.id = n.registry_id
  LEFT JOIN team_users m ON m.team_id = n.team_id AND m.user_id = $1`;

/** The same rule as `decide(…, 'pull', …)`, as SQL; a test holds the two together. */
export const VISIBLE_NAMESPACE = `(($2 OR n.visibility IN ('public', 'protected') OR m.role IS NOT NULL)
   AND ($3::text[] IS NULL OR n.name = ANY($3)))`;

export class NamespacesRepository {
  constructor(private readonly database: Database) {}

  /** Namespaces that the viewer may pull from. */
  async page(viewer: Viewer, page: Page<(typeof NAMESPACE_SORTS)[number]>): Promise<Listed<NamespaceRow>> {
    const values = seenBy(viewer);
    const [{ total } = { total: 0 }] = await this.database.query<{ total: number }>(
      `SELECT count(*)::int AS total ${FROM} WHERE ${VISIBLE_NAMESPACE}`,
      values,
    );
    const items = await this.database.query<NamespaceRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE ${VISIBLE_NAMESPACE} ORDER BY n.${page.sort} ${page.order}, n.id LIMIT $4 OFFSET $5`,
      [...values, page.take, page.skip],
    );
    return { items, total };
  }

  /** One namespace with the viewer's role, whether visible or not. */
  async find(viewer: Viewer, id: number): Promise<NamespaceRow | null> {
    const [row] = await this.database.query<NamespaceRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE n.id = $2`,
      [viewer.userId, id],
    );
    return row ?? null;
  }

  /** The namespaces of one team, with the viewer's role. */
  async ofTeam(viewer: Viewer, teamId: number, limit: number): Promise<NamespaceRow[]> {
    return this.database.query<NamespaceRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE n.team_id = $2 ORDER BY n.id LIMIT $3`,
      [viewer.userId, teamId, limit],
    );
  }

  async isTaken(registryId: number, name: string): Promise<boolean> {
    const rows = await this.database.query('SELECT id FROM namespaces WHERE registry_id = $1 AND name = $2', [
      registryId,
      name,
    ]);
    return rows.length > 0;
  }

  /** Makes a private namespace of a team. A taken name comes up as a unique violation. */
  async create(
    input: { registryId: number; name: string; teamId: number; description: string },
    sql: Sql,
  ): Promise<number> {
    const [row] = await sql.query<{ id: number }>(
      `INSERT INTO namespaces (registry_id, name, team_id, description, kind, visibility)
       VALUES ($1, $2, $3, $4, 'team', 'private') RETURNING id`,
      [input.registryId, input.name, input.teamId, input.description],
    );
    return row!.id;
  }

  async update(id: number, next: Pick<NamespaceRow, 'visibility' | 'description' | 'teamId'>, sql: Sql): Promise<void> {
    await sql.query(
      'UPDATE namespaces SET visibility = $2, description = $3, team_id = $4, updated_at = now() WHERE id = $1',
      [id, next.visibility, next.description, next.teamId],
    );
  }
}
