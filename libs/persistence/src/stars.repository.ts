import type { Database } from './database.js';

export class StarsRepository {
  constructor(private readonly database: Database) {}

  /** Adds or takes away the user's star; the repository's number follows, also of two requests at the same time. */
  async set(userId: number, repositoryId: number, starred: boolean): Promise<void> {
    const change = starred
      ? 'INSERT INTO stars (user_id, repository_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1 AS change'
      : 'DELETE FROM stars WHERE user_id = $1 AND repository_id = $2 RETURNING -1 AS change';
    await this.database.query(
      `WITH changed AS (${change})
       UPDATE repositories SET stars = stars + changed.change FROM changed WHERE repositories.id = $2`,
      [userId, repositoryId],
    );
  }
}
