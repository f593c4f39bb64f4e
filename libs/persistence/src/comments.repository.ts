import type { Database } from './database.js';

export interface CommentRow {
  id: number;
  body: string;
  createdAt: Date;
  authorId: number;
  authorName: string;
}

const SELECT = `
  SELECT c.id, c.body, c.created_at AS "createdAt", u.id AS "authorId", coalesce(u.display_name, u.username::text) AS "authorName"
    FROM comments c JOIN users u ON u.id = c.user_id`;

export class CommentsRepository {
  constructor(private readonly database: Database) {}

  /** Oldest first, behind the comment `cursor`. */
  async page(repositoryId: number, cursor: number, limit: number): Promise<CommentRow[]> {
    return this.database.query<CommentRow & Record<string, unknown>>(
      `${SELECT} WHERE c.repository_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3`,
      [repositoryId, cursor, limit],
    );
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
