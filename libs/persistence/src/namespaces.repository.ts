import type { NamespaceFacts, Visibility } from '#domain/policy/facts.js';
import type { Database, Sql } from './database.js';
import { type Listed, type ListSource, type NAMESPACE_SORTS, type Page, readPage } from './listing.js';
import type { Viewer } from './viewer.js';
import { visibleNamespaces } from './visible-namespaces.js';

export type { Viewer } from './viewer.js';

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

const ROWS = `
  namespaces n JOIN teams t ON t.id = n.team_id JOIN registries r ON r.id = n.registry_id
  LEFT JOIN team_users m ON m.team_id = n.team_id AND m.user_id = $1`;
const FROM = `FROM ${ROWS}`;

const SORTS = {
  id: { by: 'n.id', type: 'integer' },
  name: { by: 'n.name', type: 'text' },
  created_at: { by: 'n.created_at', type: 'timestamptz' },
  updated_at: { by: 'n.updated_at', type: 'timestamptz' },
} as const;
type Sort = (typeof NAMESPACE_SORTS)[number];

/** The same rule as `decide(…, 'pull', …)`, as SQL; a test holds the two together. */
export const VISIBLE_NAMESPACE = `(($2 OR n.visibility IN ('public', 'protected') OR m.role IS NOT NULL)
   AND ($3::text[] IS NULL OR n.name = ANY($3)))`;

export class NamespacesRepository {
  constructor(private readonly database: Database) {}

  /** Namespaces that the viewer may pull from; with `mine` only those of the viewer's teams. */
  async page(viewer: Viewer, page: Page<Sort>, mine = false): Promise<Listed<NamespaceRow>> {
    const ids = await visibleNamespaces(this.database, viewer);
    const where = ids === null ? '$2::int[] IS NULL' : 'n.id = ANY($2::int[])';
    const whose = mine ? 'n.team_id IN (SELECT team_id FROM team_users WHERE user_id = $1)' : '$1::int IS NOT NULL';
    return this.list(page, `${whose} AND ${where}`, [viewer.userId, ids]);
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
  async ofTeam(viewer: Viewer, teamId: number, page: Page<Sort>): Promise<Listed<NamespaceRow>> {
    return this.list(page, '$1::int IS NOT NULL AND n.team_id = $2', [viewer.userId, teamId]);
  }

  private list(page: Page<Sort>, where: string, values: unknown[]): Promise<Listed<NamespaceRow>> {
    const source: ListSource<Sort> = {
      from: 'namespaces n',
      where,
      values,
      id: 'n.id',
      sorts: SORTS,
      name: 'n.name',
      columns: COLUMNS,
      rows: ROWS,
    };
    return readPage(this.database, source, page);
  }

  async idsOfTeam(teamId: number): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>('SELECT id FROM namespaces WHERE team_id = $1 ORDER BY id', [
      teamId,
    ]);
    return rows.map(({ id }) => id);
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
