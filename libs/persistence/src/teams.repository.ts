import type { Role } from '#domain/policy/facts.js';
import type { Database, Sql } from './database.js';
import { type Listed, type Page, readPage, type TEAM_SORTS } from './listing.js';
import type { Viewer } from './namespaces.repository.js';

export interface TeamRow {
  id: number;
  name: string;
  description: string;
  hidden: boolean;
  createdAt: Date;
  updatedAt: Date;
  /** The viewer's. */
  role: Role | null;
  usersCount: number;
  namespacesCount: number;
}

const COLUMNS = `
  t.id, t.name::text, t.description, t.hidden, t.created_at AS "createdAt", t.updated_at AS "updatedAt", m.role,
  (SELECT count(*)::int FROM team_users u WHERE u.team_id = t.id) AS "usersCount",
  (SELECT count(*)::int FROM namespaces n WHERE n.team_id = t.id) AS "namespacesCount"`;

const ROWS = 'teams t LEFT JOIN team_users m ON m.team_id = t.id AND m.user_id = $1';
const FROM = `FROM ${ROWS}`;

const SORTS = {
  id: { by: 't.id', type: 'integer' },
  name: { by: 't.name', type: 'citext' },
  created_at: { by: 't.created_at', type: 'timestamptz' },
  updated_at: { by: 't.updated_at', type: 'timestamptz' },
} as const;

export class TeamsRepository {
  constructor(private readonly database: Database) {}

  /**
   * The teams of the viewer; administrators see all. Hidden ones, which stand behind personal and global namespaces, are
   * left out.
   */
  async page(viewer: Viewer, page: Page<(typeof TEAM_SORTS)[number]>): Promise<Listed<TeamRow>> {
    const ids = viewer.admin ? null : await this.teamsOf(viewer.userId);
    const source = {
      from: 'teams t',
      where: `NOT t.hidden AND ${ids === null ? '$2::int[] IS NULL' : 't.id = ANY($2::int[])'} AND $1::int IS NOT NULL`,
      values: [viewer.userId, ids],
      id: 't.id',
      sorts: SORTS,
      name: 'lower(t.name::text)',
      columns: COLUMNS,
      rows: ROWS,
    };
    return readPage(this.database, source, page);
  }

  private async teamsOf(userId: number): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>('SELECT team_id AS id FROM team_users WHERE user_id = $1', [
      userId,
    ]);
    return rows.map(({ id }) => id);
  }

  /** One team with the viewer's role, whether or not the viewer may see it. */
  async find(viewer: Viewer, id: number): Promise<TeamRow | null> {
    const [row] = await this.database.query<TeamRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE t.id = $2`,
      [viewer.userId, id],
    );
    return row ?? null;
  }

  async findByName(viewer: Viewer, name: string): Promise<TeamRow | null> {
    const [row] = await this.database.query<TeamRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE t.name = $2`,
      [viewer.userId, name],
    );
    return row ?? null;
  }

  /** Makes a team and its first owner. A taken name comes up as a unique violation. */
  async create(name: string, description: string, ownerId: number, sql: Sql): Promise<number> {
    const [team] = await sql.query<{ id: number }>(
      'INSERT INTO teams (name, description) VALUES ($1, $2) RETURNING id',
      [name, description],
    );
    await sql.query(`INSERT INTO team_users (team_id, user_id, role) VALUES ($1, $2, 'owner')`, [team!.id, ownerId]);
    return team!.id;
  }

  async update(id: number, changes: { name: string; description: string }, sql: Sql): Promise<void> {
    await sql.query('UPDATE teams SET name = $2, description = $3, updated_at = now() WHERE id = $1', [
      id,
      changes.name,
      changes.description,
    ]);
  }

  /** Fails when namespaces still belong to it. */
  async delete(id: number, sql: Sql): Promise<void> {
    await sql.query('DELETE FROM teams WHERE id = $1', [id]);
  }

  /** Until the end of the transaction nobody else changes the team's members or namespaces. */
  async lock(id: number, sql: Sql): Promise<boolean> {
    const rows = await sql.query('SELECT id FROM teams WHERE id = $1 FOR UPDATE', [id]);
    return rows.length > 0;
  }

  /** Hands all namespaces of one team to another. @returns their names */
  async moveNamespaces(from: number, to: number, sql: Sql): Promise<string[]> {
    const rows = await sql.query<{ name: string }>(
      'UPDATE namespaces SET team_id = $2, updated_at = now() WHERE team_id = $1 RETURNING name',
      [from, to],
    );
    return rows.map((row) => row.name);
  }

  /** Deletes all of the team's namespaces, unless one of them holds a repository: then none. @returns whether it did */
  async deleteEmptyNamespaces(id: number, sql: Sql): Promise<boolean> {
    // Repositories of a push that is being written hold their namespace: waited for here, they are seen below.
    await sql.query('SELECT FROM namespaces WHERE team_id = $1 ORDER BY id FOR UPDATE', [id]);
    const held = await sql.query(
      `SELECT FROM namespaces n JOIN repositories p ON p.namespace_id = n.id WHERE n.team_id = $1 LIMIT 1`,
      [id],
    );
    if (held.length > 0) return false;
    await sql.query('DELETE FROM namespaces WHERE team_id = $1', [id]);
    return true;
  }
}
