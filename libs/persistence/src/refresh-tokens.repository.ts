import { RefreshToken } from '#domain/user/refresh-token.entity.js';
import type { Database, Sql } from './database.js';

export interface NewRefreshToken {
  userId: number;
  credentialVersion: number;
  service: string;
  clientId: string;
  tokenHash: Buffer;
}

/** From its issue, and since its last use, days. */
export const ABSOLUTE_DAYS = 90;
export const IDLE_DAYS = 30;
/** Logins of one user that are kept; older ones end. */
const MAX_PER_USER = 100;

export class RefreshTokensRepository {
  constructor(private readonly database: Database) {}

  private get tokens() {
    return this.database.dataSource.getRepository(RefreshToken);
  }

  async create(token: NewRefreshToken): Promise<void> {
    await this.database.query(
      `WITH made AS (
         INSERT INTO refresh_tokens (user_id, credential_version, service, client_id, token_hash, expires_at)
         VALUES ($1, $2, $3, $4, $5, now() + make_interval(days => $6)) RETURNING id)
       DELETE FROM refresh_tokens WHERE id IN (
         SELECT id FROM refresh_tokens WHERE user_id = $1 ORDER BY id DESC OFFSET $7)`,
      [
        token.userId,
        token.credentialVersion,
        token.service,
        token.clientId,
        token.tokenHash,
        ABSOLUTE_DAYS,
        MAX_PER_USER - 1,
      ],
    );
  }

  async ofUser(userId: number): Promise<RefreshToken[]> {
    return this.tokens.find({ where: { userId }, order: { id: 'ASC' }, take: MAX_PER_USER });
  }

  async find(id: number): Promise<RefreshToken | null> {
    return this.tokens.findOneBy({ id });
  }

  async delete(id: number, sql: Sql): Promise<void> {
    await sql.query('DELETE FROM refresh_tokens WHERE id = $1', [id]);
  }

  async noteUse(tokenHash: Buffer): Promise<void> {
    await this.database.query('UPDATE refresh_tokens SET last_used_at = now() WHERE token_hash = $1', [tokenHash]);
  }

  /** Deletes what has expired, a bounded number at a time. */
  async purge(limit: number): Promise<void> {
    await this.database.query(
      `DELETE FROM refresh_tokens WHERE id IN (
         SELECT id FROM refresh_tokens WHERE expires_at < now() ORDER BY expires_at LIMIT $1)`,
      [limit],
    );
  }
}
