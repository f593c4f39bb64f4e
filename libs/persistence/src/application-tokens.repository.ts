import type { Action } from '#domain/naming/scope.js';
import { limitsOf, type TokenLimits } from '#domain/policy/token-limits.js';
import { ApplicationToken } from '#domain/user/application-token.entity.js';
import { User } from '#domain/user/user.entity.js';
import type { Database, Sql } from './database.js';

/** Tokens that one user may have, expired ones included. */
export const MAX_TOKENS = 100;

export interface NewApplicationToken {
  userId: number;
  application: string;
  tokenHash: Buffer;
  expiresAt: Date | null;
  actions: Action[] | null;
  namespaces: string[] | null;
}

/** A use of a token, to be written down. */
export interface TokenUse {
  id: number;
  at: Date;
  from: string;
}

/** A token with an end, and whose it is. */
export interface ExpiringToken {
  id: number;
  application: string;
  expiresAt: Date;
  userId: number;
  username: string;
  bot: boolean;
}

/** Who shows a token, and what it is good for. */
export interface TokenOwner {
  user: User;
  tokenId: number;
  limits: TokenLimits;
}

export class ApplicationTokensRepository {
  constructor(private readonly database: Database) {}

  private get tokens() {
    return this.database.dataSource.getRepository(ApplicationToken);
  }

  async ofUser(userId: number): Promise<ApplicationToken[]> {
    return this.tokens.find({ where: { userId }, order: { id: 'ASC' }, take: MAX_TOKENS });
  }

  /**
   * Tokens of a user that end before a moment, with `bots` also those of all bots, which are few; the latest end first, at
   * most {@link MAX_TOKENS}.
   */
  async expiring(userId: number, bots: boolean, before: Date): Promise<ExpiringToken[]> {
    return this.database.query<ExpiringToken & Record<string, unknown>>(
      `SELECT t.id, t.application, t.expires_at AS "expiresAt", u.id AS "userId", u.username::text, u.bot
         FROM (SELECT $1::int AS id UNION SELECT id FROM users WHERE bot AND $2) whose
         JOIN application_tokens t ON t.user_id = whose.id JOIN users u ON u.id = whose.id
        WHERE t.expires_at < $3 ORDER BY t.expires_at DESC, t.id LIMIT $4`,
      [userId, bots, before, MAX_TOKENS],
    );
  }

  async find(id: number): Promise<ApplicationToken | null> {
    return this.tokens.findOneBy({ id });
  }

  /**
   * The id; null when the user has {@link MAX_TOKENS} already: counted under a lock on the user, so that several at once
   * do not make more. Unique violations (the name is taken) come up as they are.
   *
   * @param sql a transaction
   */
  async create(token: NewApplicationToken, sql: Sql): Promise<number | null> {
    const { userId, application, tokenHash, expiresAt, actions, namespaces } = token;
    await sql.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
    const [made] = await sql.query<{ id: number }>(
      `INSERT INTO application_tokens (user_id, application, token_hash, expires_at, actions, namespaces)
       SELECT $1, $2, $3, $4, $5, $6
        WHERE (SELECT count(*) FROM application_tokens WHERE user_id = $1) < $7 RETURNING id`,
      [userId, application, tokenHash, expiresAt, actions, namespaces, MAX_TOKENS],
    );
    return made?.id ?? null;
  }

  async delete(id: number, sql: Sql = this.database): Promise<void> {
    await sql.query('DELETE FROM application_tokens WHERE id = $1', [id]);
  }

  /** The user of a token that has not expired, found by its hash; null when there is none. */
  async ownerOf(tokenHash: Buffer): Promise<TokenOwner | null> {
    const token = await this.tokens.findOne({ where: { tokenHash }, relations: { user: true } });
    if (!token?.user) return null;
    const limits = limitsOf(token, Date.now());
    return limits.expiry === 'passed' ? null : { user: token.user, tokenId: token.id, limits };
  }

  /** Writes down when and from where tokens were last used; what is known to be newer stays. */
  async noteUses(uses: readonly TokenUse[]): Promise<void> {
    // Locked in one order, or replicas that write down the same tokens at once would wait for each other for ever.
    await this.database.query(
      `WITH uses AS (SELECT * FROM unnest($1::int[], $2::timestamptz[], $3::text[]) AS u (id, at, "from")),
            locked AS (SELECT id FROM application_tokens WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE)
       UPDATE application_tokens t SET last_used_at = uses.at, last_used_from = uses."from"
         FROM uses JOIN locked ON locked.id = uses.id
        WHERE t.id = uses.id AND (t.last_used_at IS NULL OR t.last_used_at < uses.at)`,
      [uses.map((use) => use.id), uses.map((use) => use.at), uses.map((use) => use.from)],
    );
  }
}
