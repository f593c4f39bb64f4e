import type { User } from '#domain/user/user.entity.js';
import type { Database, Sql } from './database.js';

/** Hours for which a mail is good, as in Portus. */
const HOURS = 6;

const VALID = `p.token_hash = $1 AND p.expires_at > now() AND u.id = p.user_id AND u.email = p.email
   AND u.credential_version = p.credential_version AND u.enabled AND u.locked_at IS NULL AND NOT u.bot AND NOT u.service`;

export class PasswordResetsRepository {
  constructor(private readonly database: Database) {}

  /** Notes what the mail to a user holds; mails that were sent before are void. */
  async create(user: Pick<User, 'id' | 'credentialVersion' | 'email'>, tokenHash: Buffer, sql: Sql): Promise<number> {
    await sql.query('DELETE FROM password_resets WHERE user_id = $1', [user.id]);
    const [row] = await sql.query<{ id: number }>(
      `INSERT INTO password_resets (user_id, credential_version, email, token_hash, expires_at)
       VALUES ($1, $2, $3, $4, now() + make_interval(hours => $5)) RETURNING id`,
      [user.id, user.credentialVersion, user.email, tokenHash, HOURS],
    );
    return row!.id;
  }

  async isValid(tokenHash: Buffer): Promise<boolean> {
    const rows = await this.database.query(`SELECT FROM password_resets p, users u WHERE ${VALID}`, [tokenHash]);
    return rows.length > 0;
  }

  /** Uses it up. @returns whose password may be set; null: it is not valid, or somebody was faster */
  async take(tokenHash: Buffer, sql: Sql): Promise<{ id: number; username: string } | null> {
    const [user] = await sql.query<{ id: number; username: string }>(
      `DELETE FROM password_resets p USING users u WHERE ${VALID} RETURNING u.id, u.username::text`,
      [tokenHash],
    );
    return user ?? null;
  }

  /** Deletes what has expired, a bounded number at a time. */
  async purge(limit: number): Promise<void> {
    await this.database.query(
      `DELETE FROM password_resets WHERE id IN (
         SELECT id FROM password_resets WHERE expires_at < now() ORDER BY expires_at LIMIT $1)`,
      [limit],
    );
  }
}
