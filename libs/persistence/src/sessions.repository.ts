import { Session } from '#domain/user/session.entity.js';
import { User } from '#domain/user/user.entity.js';
import type { Database, Sql } from './database.js';

export interface NewSession {
  userId: number;
  credentialVersion: number;
  tokenHash: Buffer;
  address: string;
  userAgent: string;
}

/** Days since the sign-in, and since the last use, after which a session ends. */
const ABSOLUTE_DAYS = 30;
const IDLE_DAYS = 7;
/** Sessions of one user that are kept; older ones end. */
const MAX_PER_USER = 100;

const VALID = `s.expires_at > now() AND s.last_used_at > now() - interval '${IDLE_DAYS} days'`;

export class SessionsRepository {
  constructor(private readonly database: Database) {}

  private get sessions() {
    return this.database.dataSource.getRepository(Session);
  }

  /** Makes a session, and notes the sign-in with the user. */
  async create(session: NewSession, sql: Sql): Promise<number> {
    const { userId, credentialVersion, tokenHash, address, userAgent } = session;
    const [made] = await sql.query<{ id: number }>(
      `INSERT INTO sessions (user_id, credential_version, token_hash, address, user_agent, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(days => $6)) RETURNING id`,
      [userId, credentialVersion, tokenHash, address, userAgent, ABSOLUTE_DAYS],
    );
    await sql.query(
      `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = $1 ORDER BY id DESC OFFSET $2)`,
      [userId, MAX_PER_USER],
    );
    await sql.query('UPDATE users SET last_sign_in_at = current_sign_in_at, current_sign_in_at = now() WHERE id = $1', [
      userId,
    ]);
    return made!.id;
  }

  /** The session and its user as they are now; null when it has ended in any way. */
  async find(tokenHash: Buffer): Promise<{ session: Session; user: User } | null> {
    const session = await this.sessions
      .createQueryBuilder('s')
      .innerJoinAndSelect('s.user', 'u', 'u.credential_version = s.credential_version')
      .where('s.token_hash = :tokenHash', { tokenHash })
      .andWhere(VALID)
      .getOne();
    return session?.user ? { session, user: session.user } : null;
  }

  /** Notes a use, at most once a minute. */
  async noteUse(id: number): Promise<void> {
    await this.database.query(
      `UPDATE sessions SET last_used_at = now() WHERE id = $1 AND last_used_at < now() - interval '1 minute'`,
      [id],
    );
  }

  /** Those that still hold, newest first. */
  async ofUser(userId: number): Promise<Session[]> {
    return this.sessions
      .createQueryBuilder('s')
      .innerJoin('s.user', 'u', 'u.credential_version = s.credential_version')
      .where('s.user_id = :userId', { userId })
      .andWhere(VALID)
      .orderBy('s.id', 'DESC')
      .take(MAX_PER_USER)
      .getMany();
  }

  /** @returns whether the user had such a session */
  async delete(id: number, userId: number, sql: Sql): Promise<boolean> {
    const rows = await sql.query('DELETE FROM sessions WHERE id = $1 AND user_id = $2 RETURNING id', [id, userId]);
    return rows.length > 0;
  }

  /** After a change of the password: this session goes on, all others of the user end. */
  async keepOnly(id: number, userId: number, sql: Sql): Promise<void> {
    await sql.query('DELETE FROM sessions WHERE user_id = $1 AND id <> $2', [userId, id]);
    await sql.query(
      `UPDATE sessions s SET credential_version = u.credential_version FROM users u WHERE u.id = s.user_id AND s.id = $1`,
      [id],
    );
  }

  /** Deletes what has expired, a bounded number at a time. */
  async purge(limit: number): Promise<void> {
    await this.database.query(
      `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < now() ORDER BY expires_at LIMIT $1)`,
      [limit],
    );
  }
}
