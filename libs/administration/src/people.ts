import { z } from 'zod';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { User } from '#domain/user/user.entity.js';
import { displayName, email, password, username } from '#domain/user/user-input.js';
import type { PasswordHasher } from '#identity/password-hasher.js';
import { AccountsRepository } from '#persistence/accounts.repository.js';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import type { Database, Sql } from '#persistence/database.js';
import { SessionsRepository } from '#persistence/sessions.repository.js';
import { uniqueOr422 } from '#persistence/unique-violation.js';
import type { Listed, Place } from '#persistence/listing.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { checked } from './checked.js';

const UNIQUE = { users_username_key: 'username', users_email_key: 'email' };

const newPerson = z.object({
  username,
  email: email.nullable(),
  displayName,
  password: password.nullable(),
  admin: z.boolean(),
  bot: z.boolean(),
});
export type NewPerson = z.input<typeof newPerson>;

/** What an administrator does to people with the database alone, also when nobody can sign in any more. */
export class People {
  private readonly users: UsersRepository;
  private readonly accounts: AccountsRepository;
  private readonly sessions: SessionsRepository;
  private readonly activities: ActivitiesRepository;

  constructor(
    private readonly database: Database,
    private readonly hasher: Pick<PasswordHasher, 'hash'>,
  ) {
    this.users = new UsersRepository(database);
    this.accounts = new AccountsRepository(database);
    this.sessions = new SessionsRepository(database);
    this.activities = new ActivitiesRepository(database);
  }

  /** All people and bots in the order of their ids, page by page. */
  async *list(): AsyncGenerator<User> {
    let after: Place | null = null;
    do {
      const page: Listed<User> = await this.users.page({ skip: 0, take: 500, sort: 'id', order: 'ASC', after });
      yield* page.items.filter((user) => !user.service);
      after = page.next ?? null;
    } while (after !== null);
  }

  /** Throws AppError `not_found`. */
  async byName(name: string): Promise<User> {
    const user = name.includes('\0') ? null : await this.users.findByName(name);
    if (user === null) throw new AppError('not_found', `there is no user ${JSON.stringify(name)}`);
    return user;
  }

  /** A bot has no password; a person needs one. Throws InvalidError by field. */
  async create(by: By, input: NewPerson): Promise<User> {
    const person = checked(newPerson, input);
    if (person.bot && person.admin) throw new InvalidError({ admin: ['is not for bots'] });
    if (!person.bot && person.password === null) throw new InvalidError({ password: ['is missing'] });
    if (!person.bot && person.email === null) throw new InvalidError({ email: ['is missing'] });
    const passwordHash = person.bot ? null : await this.hasher.hash(person.password!);
    const { username, email, admin, bot } = person;
    const row = { username, email, passwordHash, displayName: person.displayName ?? null, admin, bot, service: false };
    const told = (id: number) => about('user.create', { id, username }, { bot, admin });
    return uniqueOr422(UNIQUE, () => this.users.create(row, (sql, id) => this.activities.record(by, told(id), sql)));
  }

  /** @returns whether anything changed. Throws `conflict` for the last administrator who can sign in. */
  async setAdmin(by: By, user: User, admin: boolean): Promise<boolean> {
    if (user.service) throw new AppError('forbidden', 'the service account is what it is');
    if (user.bot && admin) throw new InvalidError({ admin: ['is not for bots'] });
    return this.accounts.alone(async (sql) => {
      const account = await this.accounts.find(user.id, sql);
      if (account === null || account.admin === admin) return false;
      if (!admin && account.ableAdmin && account.otherAdmins === 0) {
        throw new AppError('conflict', `${user.username} is the last administrator who can sign in`);
      }
      await this.accounts.setFlags(user.id, { ...account, admin }, sql);
      await this.activities.record(by, about('user.admin', user, { admin }), sql);
      return true;
    });
  }

  /** Whose password is meant when no name is given: the only administrator's. Throws `conflict` and names them. */
  async onlyAdmin(): Promise<User> {
    const admins: User[] = [];
    for await (const user of this.list()) if (user.admin && !user.bot) admins.push(user);
    if (admins.length === 1) return admins[0]!;
    const names = admins.map((user) => user.username).join(', ');
    throw new AppError('conflict', admins.length === 0 ? 'there is no administrator' : `say which one: ${names}`);
  }

  /**
   * Ends all sessions of the person and the logins that clients keep; application tokens go on.
   *
   * @param revive also enables and unlocks, for an administrator who was locked out
   */
  async setPassword(by: By, user: User, text: string, revive: boolean): Promise<void> {
    if (user.service) throw new InvalidError({ username: ['of the service account: it follows PORTUS_PASSWORD'] });
    if (user.bot) throw new InvalidError({ password: ['a bot has none'] });
    const { password: good } = checked(z.object({ password }), { password: text });
    const passwordHash = await this.hasher.hash(good);
    const alone = (work: (sql: Sql) => Promise<void>): Promise<void> =>
      revive ? this.accounts.alone(work) : this.database.transaction(work);
    await alone(async (sql) => {
      await this.users.setPassword(user.id, passwordHash, sql);
      // No session has the id 0: all of them end.
      await this.sessions.keepOnly(0, user.id, sql);
      await this.activities.record(by, about('user.password', user, {}), sql);
      if (revive) await this.revive(by, user, sql);
    });
  }

  /** As it is by now: much may have happened since the password was asked for. */
  private async revive(by: By, user: User, sql: Sql): Promise<void> {
    const account = await this.accounts.find(user.id, sql);
    if (account === null || (account.enabled && !account.locked)) return;
    await this.accounts.setFlags(user.id, { admin: account.admin, enabled: true, locked: false }, sql);
    if (!account.enabled) await this.activities.record(by, about('user.enabled', user, { enabled: true }), sql);
    if (account.locked) await this.activities.record(by, about('user.unlock', user, { locked: false }), sql);
  }
}

function about(
  key: NewActivity['key'],
  { id, username }: Pick<User, 'id' | 'username'>,
  details: Record<string, unknown>,
): NewActivity {
  return { key, subjectType: 'user', subjectId: id, subjectName: username, details };
}
