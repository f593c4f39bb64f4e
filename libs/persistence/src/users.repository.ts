import { User } from '#domain/user/user.entity.js';
import type { Database } from './database.js';
import type { USER_SORTS } from './listing.js';
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

/** Properties of the entity behind the names that lists are sorted by. */
const PROPERTIES = {
  id: 'id',
  username: 'username',
  email: 'email',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
} as const satisfies Record<(typeof USER_SORTS)[number], keyof User>;

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

  async page(
    skip: number,
    take: number,
    sort: (typeof USER_SORTS)[number],
    order: 'ASC' | 'DESC',
  ): Promise<[User[], number]> {
    return this.users.findAndCount({ order: { [PROPERTIES[sort]]: order }, skip, take });
  }

  /** Makes a user with a personal namespace in every registry. Unique violations come up as they are. */
  async create(input: UserInput): Promise<User> {
    const id = await this.database.transaction(async (sql) => {
      const [row] = await sql.query<{ id: number }>(
        `INSERT INTO users (username, email, password_hash, display_name, admin, bot, service)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
        [input.username, input.email, input.passwordHash, input.displayName, input.admin, input.bot, input.service],
      );
      await ensurePersonalNamespaces(sql, { userId: row!.id });
      return row!.id;
    });
    return this.users.findOneByOrFail({ id });
  }

  /** Sets the password; every credential that was verified before is void. */
  async setPassword(id: number, passwordHash: string): Promise<void> {
    await this.database.query(
      `UPDATE users SET password_hash = $2, credential_version = credential_version + 1, updated_at = now() WHERE id = $1`,
      [id, passwordHash],
    );
  }

  async setEnabled(id: number, enabled: boolean): Promise<void> {
    await this.database.query(
      `UPDATE users SET enabled = $2, credential_version = credential_version + 1, updated_at = now() WHERE id = $1`,
      [id, enabled],
    );
  }

  async hasAdmin(): Promise<boolean> {
    return this.users.existsBy({ admin: true, service: false });
  }
}
