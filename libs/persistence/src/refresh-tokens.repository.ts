import { RefreshToken } from '#domain/user/refresh-token.entity.js';
import type { Database, Sql } from './database.js';

export interface NewRefreshToken {
  userId: number;
  credentialVersion: number;
  service: string;
  clientId: string;
  tokenHash: Buffer;
}

/**
 * What has become of a login: `void` rests on a former password, `expired` has reached its end, `idle` was not used for
 * too long. Only a valid one gets tokens.
 */
export const LOGIN_STATES = ['valid', 'idle', 'expired', 'void'] as const;

/** A login that a client keeps. */
export interface KeptLogin extends Pick<
  RefreshToken,
  'id' | 'service' | 'clientId' | 'createdAt' | 'lastUsedAt' | 'expiresAt'
> {
  state: (typeof LOGIN_STATES)[number];
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

  /** Oldest first, with what has become of each by the clock of the database. */
  async ofUser(userId: number): Promise<KeptLogin[]> {
    return this.database.query<KeptLogin>(
      `SELECT t.id, t.service, t.client_id AS "clientId", t.created_at AS "createdAt", t.last_used_at AS "lastUsedAt",
              t.expires_at AS "expiresAt",
              CASE WHEN t.credential_version <> u.credential_version THEN 'void'
                   WHEN t.expires_at <= now() THEN 'expired'
                   WHEN t.last_used_at <= now() - interval '${IDLE_DAYS} days' THEN 'idle'
                   ELSE 'valid' END AS state
         FROM refresh_tokens t JOIN users u ON u.id = t.user_id
        WHERE t.user_id = $1 ORDER BY t.id LIMIT $2`,
      [userId, MAX_PER_USER],
    );
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
