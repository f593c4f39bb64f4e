import { In } from 'typeorm';
import { User } from '#domain/user/user.entity.js';
import type { Database, Sql } from './database.js';
import { type Listed, type Page, readPage, type USER_SORTS } from './listing.js';
import { ensurePersonalNamespaces } from './personal-namespaces.js';

export interface UserInput {
  username: string;
  email: string | null;
  passwordHash: string | null;
  displayName: string | null;
  admin: boolean;
  bot: boolean;
  service: boolean;
}

/** What is changed of a user; absent: as it was. */
export interface UserChanges {
  email?: string | null;
  displayName?: string | null;
  passwordHash?: string;
}

const SORTS = {
  id: { by: 'u.id', type: 'integer' },
  username: { by: 'u.username', type: 'citext' },
  email: { by: `coalesce(u.email, '')`, type: 'citext' },
  created_at: { by: 'u.created_at', type: 'timestamptz' },
  updated_at: { by: 'u.updated_at', type: 'timestamptz' },
} as const;

export class UsersRepository {
  constructor(private readonly database: Database) {}

  private get users() {
    return this.database.dataSource.getRepository(User);
  }

  async find(id: number): Promise<User | null> {
    return this.users.findOneBy({ id });
  }

  async findByName(username: string): Promise<User | null> {
    return this.users.findOneBy({ username });
  }

  async findByEmail(email: string): Promise<User | null> {
    return this.users.findOneBy({ email });
  }

  /** @param bot only bots, or only people */
  async page(page: Page<(typeof USER_SORTS)[number]>, bot?: boolean): Promise<Listed<User>> {
    const source = {
      from: 'users u',
      where: bot === undefined ? 'TRUE' : `${bot ? '' : 'NOT '}u.bot`,
      values: [],
      id: 'u.id',
      sorts: SORTS,
      name: 'u.username::text',
      columns: 'u.id',
      rows: 'users u',
    };
    const listed = await readPage<{ id: number }, (typeof USER_SORTS)[number]>(this.database, source, page);
    const users = await this.users.findBy({ id: In(listed.items.map(({ id }) => id)) });
    const byId = new Map(users.map((user) => [user.id, user]));
    return { ...listed, items: listed.items.flatMap(({ id }) => byId.get(id) ?? []) };
  }

  /**
   * Makes a user with a personal namespace in every registry. Unique violations come up as they are.
   *
   * @param tell what belongs into the same transaction
   */
  async create(input: UserInput, tell?: (sql: Sql, id: number) => Promise<void>): Promise<User> {
    const id = await this.database.transaction(async (sql) => {
      const made = await this.insert(input, sql);
      await tell?.(sql, made);
      return made;
    });
    return this.users.findOneByOrFail({ id });
  }

  /** As {@link create}, inside of a transaction. @returns the id */
  async insert(input: UserInput, sql: Sql): Promise<number> {
    const [row] = await sql.query<{ id: number }>(
      `INSERT INTO users (username, email, password_hash, display_name, admin, bot, service)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
      [input.username, input.email, input.passwordHash, input.displayName, input.admin, input.bot, input.service],
    );
    await ensurePersonalNamespaces(sql, { userId: row!.id });
    return row!.id;
  }

  /** Unique violations come up as they are. A new password voids every credential that was verified before. */
  async update(id: number, { email, displayName, passwordHash }: UserChanges, sql: Sql = this.database): Promise<void> {
    await sql.query(
      `UPDATE users SET email = CASE WHEN $6 THEN $2 ELSE email END,
              display_name = CASE WHEN $3 THEN $4 ELSE display_name END, password_hash = coalesce($5, password_hash),
              credential_version = credential_version + CASE WHEN $5::text IS NULL THEN 0 ELSE 1 END, updated_at = now()
        WHERE id = $1`,
      [id, email ?? null, displayName !== undefined, displayName ?? null, passwordHash ?? null, email !== undefined],
    );
  }

  /** Sets the password; every credential that was verified before is void. */
  async setPassword(id: number, passwordHash: string, sql: Sql = this.database): Promise<void> {
    await sql.query(
      `UPDATE users SET password_hash = $2, credential_version = credential_version + 1, updated_at = now() WHERE id = $1`,
      [id, passwordHash],
    );
  }

  /**
   * Stores another hash of the same password, unless the password was changed meanwhile. No credential that was verified
   * before is void.
   */
  async replaceHash(id: number, stored: string, passwordHash: string): Promise<void> {
    await this.database.query('UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2', [
      id,
      stored,
      passwordHash,
    ]);
  }

  async hasAdmin(): Promise<boolean> {
    return this.users.existsBy({ admin: true, service: false });
  }
}
