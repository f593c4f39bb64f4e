import type { AccountFacts } from '#domain/policy/accounts.js';
import type { Database, Sql } from './database.js';
import { releasePersonalNamespaces } from './personal-namespaces.js';

export interface Account extends AccountFacts {
  username: string;
  email: string | null;
  displayName: string | null;
  admin: boolean;
  enabled: boolean;
  locked: boolean;
}

export interface AccountFlags {
  admin: boolean;
  enabled: boolean;
  locked: boolean;
}

/** What became of somebody's namespaces: those without images went too, the others are the administrators' now. */
export interface Removal {
  removed: string[];
  kept: string[];
}

/** Any constant: changes of who may sign in take turns, or two administrators could take each other's rights away. */
const LOCK = 7_267_002;
/** PostgreSQL's `deadlock_detected`, and how often it is tried in spite of it. */
const DEADLOCK = '40P01';
const MAX_TRIES = 5;

/** Accounts as a whole: who may sign in, who administers, and their end. */
export class AccountsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Runs `work` in a transaction, alone among all changes of accounts; again, where it and somebody else who writes (a
   * push, with the user as author) wait for each other.
   */
  async alone<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.database.transaction(async (sql) => {
          await lockAccounts(sql);
          return work(sql);
        });
      } catch (error) {
        if (tries === MAX_TRIES || (error as { code?: string }).code !== DEADLOCK) throw error;
      }
    }
  }

  async find(id: number, sql: Sql): Promise<Account | null> {
    const [row] = await sql.query<Account & Record<string, unknown>>(
      `SELECT u.id, u.username::text, u.email::text, u.display_name AS "displayName", u.service, u.bot, u.admin, u.enabled, u.locked_at IS NOT NULL AS locked,
              ${ABLE_ADMIN} AS "ableAdmin",
              (SELECT count(*)::int FROM users o WHERE o.id <> u.id AND ${ABLE_ADMIN.replaceAll('u.', 'o.')}) AS "otherAdmins"
         FROM users u WHERE u.id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** Voids every credential that was verified before. */
  async setFlags(id: number, { admin, enabled, locked }: AccountFlags, sql: Sql): Promise<void> {
    await sql.query(
      `UPDATE users SET admin = $2, enabled = $3, locked_at = CASE WHEN $4 THEN coalesce(locked_at, now()) END,
              credential_version = credential_version + 1, updated_at = now() WHERE id = $1`,
      [id, admin, enabled, locked],
    );
  }

  /** Whether there is any user beside the service account. */
  async anybody(sql: Sql = this.database): Promise<boolean> {
    const rows = await sql.query('SELECT FROM users WHERE NOT service LIMIT 1');
    return rows.length > 0;
  }

  /**
   * Locks the teams that the user owns, against changes of their members; and the personal namespaces before the user, as
   * a push does.
   *
   * @returns names of those that nobody else owns, at most ten
   */
  async lastOwnerOf(id: number, sql: Sql): Promise<string[]> {
    await sql.query(
      `SELECT t.id FROM teams t JOIN team_users m ON m.team_id = t.id
        WHERE m.user_id = $1 AND m.role = 'owner' AND NOT t.hidden ORDER BY t.id FOR UPDATE OF t`,
      [id],
    );
    await sql.query(`SELECT FROM namespaces WHERE owner_id = $1 AND kind = 'personal' ORDER BY id FOR UPDATE`, [id]);
    // From here on nobody adds the user to a team either.
    await sql.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [id]);
    const rows = await sql.query<{ name: string }>(
      `SELECT t.name::text FROM teams t JOIN team_users m ON m.team_id = t.id
        WHERE m.user_id = $1 AND m.role = 'owner' AND NOT t.hidden
          AND NOT EXISTS (SELECT FROM team_users o WHERE o.team_id = t.id AND o.user_id <> $1 AND o.role = 'owner')
        ORDER BY t.name LIMIT 10`,
      [id],
    );
    return rows.map((row) => row.name);
  }

  /** Removes the user with all that is only the user's. Tags and activities keep the name. */
  async remove(id: number, sql: Sql): Promise<Removal> {
    const released = await releasePersonalNamespaces(sql, id);
    await sql.query(
      `WITH mine AS (SELECT r.id FROM repositories r JOIN stars s ON s.repository_id = r.id
                      WHERE s.user_id = $1 ORDER BY r.id FOR NO KEY UPDATE OF r)
       UPDATE repositories SET stars = stars - 1 FROM mine WHERE repositories.id = mine.id`,
      [id],
    );
    await sql.query('DELETE FROM users WHERE id = $1', [id]);
    return released;
  }
}

/** Lets nobody else change accounts until the transaction ends. */
export async function lockAccounts(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
}

/** Somebody, `u`, who can sign in to the web page and administer. */
export const ABLE_ADMIN = '(u.admin AND u.enabled AND u.locked_at IS NULL AND NOT u.bot AND NOT u.service)';
