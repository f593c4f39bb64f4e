import type { Database } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';

export interface CommentRow {
  id: number;
  body: string;
  createdAt: Date;
  authorId: number;
  authorName: string;
}

const COLUMNS = `
  c.id, c.body, c.created_at AS "createdAt", u.id AS "authorId", coalesce(u.display_name, u.username::text) AS "authorName"`;
const ROWS = 'comments c JOIN users u ON u.id = c.user_id';
const SELECT = `SELECT ${COLUMNS} FROM ${ROWS}`;
const SORTS = { id: { by: 'c.id', type: 'integer' } } as const;

export class CommentsRepository {
  constructor(private readonly database: Database) {}

  async page(repositoryId: number, page: Page<'id'>): Promise<Listed<CommentRow>> {
    const where = 'c.repository_id = $1';
    const source = {
      from: 'comments c',
      where,
      values: [repositoryId],
      id: 'c.id',
      sorts: SORTS,
      columns: COLUMNS,
      rows: ROWS,
    };
    return readPage(this.database, source, page);
  }

  async find(repositoryId: number, id: number): Promise<CommentRow | null> {
    const [row] = await this.database.query<CommentRow & Record<string, unknown>>(
      `${SELECT} WHERE c.repository_id = $1 AND c.id = $2`,
      [repositoryId, id],
    );
    return row ?? null;
  }

  async create(repositoryId: number, userId: number, body: string): Promise<number> {
    const [row] = await this.database.query<{ id: number }>(
      'INSERT INTO comments (repository_id, user_id, body) VALUES ($1, $2, $3) RETURNING id',
      [repositoryId, userId, body],
    );
    return row!.id;
  }

  async delete(id: number): Promise<void> {
    await this.database.query('DELETE FROM comments WHERE id = $1', [id]);
  }
}
