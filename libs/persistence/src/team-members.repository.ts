import type { Role } from '#domain/policy/facts.js';
import type { Database, Sql } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';

export interface MemberRow {
  /** Of the membership, as Portus has it; not the user's. */
  id: number;
  teamId: number;
  userId: number;
  username: string;
  displayName: string | null;
  /** Whether the user is an administrator of Portus. */
  admin: boolean;
  role: Role;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `
  m.id, m.team_id AS "teamId", m.user_id AS "userId", u.username::text, u.display_name AS "displayName", u.admin,
         m.role, m.created_at AS "createdAt", m.updated_at AS "updatedAt"`;
const ROWS = 'team_users m JOIN users u ON u.id = m.user_id';
const SELECT = `SELECT ${COLUMNS} FROM ${ROWS}`;
const SORTS = { id: { by: 'm.id', type: 'integer' } } as const;

export class TeamMembersRepository {
  constructor(private readonly database: Database) {}

  async ofTeam(teamId: number, page: Page<'id'>): Promise<Listed<MemberRow>> {
    const where = 'm.team_id = $1';
    const source = {
      from: 'team_users m',
      where,
      values: [teamId],
      id: 'm.id',
      sorts: SORTS,
      columns: COLUMNS,
      rows: ROWS,
    };
    return readPage(this.database, source, page);
  }

  async find(teamId: number, id: number, sql: Sql = this.database): Promise<MemberRow | null> {
    const [row] = await sql.query<MemberRow & Record<string, unknown>>(`${SELECT} WHERE m.team_id = $1 AND m.id = $2`, [
      teamId,
      id,
    ]);
    return row ?? null;
  }

  /** A second membership of the same user comes up as a unique violation. */
  async add(teamId: number, userId: number, role: Role, sql: Sql): Promise<number> {
    const [row] = await sql.query<{ id: number }>(
      'INSERT INTO team_users (team_id, user_id, role) VALUES ($1, $2, $3) RETURNING id',
      [teamId, userId, role],
    );
    return row!.id;
  }

  async setRole(id: number, role: Role, sql: Sql): Promise<void> {
    await sql.query('UPDATE team_users SET role = $2, updated_at = now() WHERE id = $1', [id, role]);
  }

  async remove(id: number, sql: Sql): Promise<void> {
    await sql.query('DELETE FROM team_users WHERE id = $1', [id]);
  }

  /** Owners besides this membership. */
  async otherOwners(teamId: number, id: number, sql: Sql): Promise<number> {
    const [row] = await sql.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM team_users WHERE team_id = $1 AND id <> $2 AND role = 'owner'`,
      [teamId, id],
    );
    return row!.count;
  }
}
