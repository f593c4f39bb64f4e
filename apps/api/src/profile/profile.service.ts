import { Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { User } from '#domain/user/user.entity.js';
import { Identity } from '#identity/identity.js';
import type { SignedIn } from '#identity/web-sessions.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { Database } from '#persistence/database.js';
import { SessionsRepository } from '#persistence/sessions.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Person } from '../http/access.js';
import { orTooMany } from '../http/password-errors.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import type { PasswordChange, ProfileChanges } from './profile.dto.js';

const UNIQUE = { users_email_key: 'email' };

/** What people change about themselves. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly identity: Identity,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
  ) {}

  async get(person: Person): Promise<User> {
    return (await this.users.find(person.userId))!;
  }

  async update(person: Person, by: By, { user: changes, current_password }: ProfileChanges): Promise<User> {
    const before = await this.get(person);
    refuseService(before);
    const { email, display_name: displayName } = changes;
    if (email !== undefined && email !== before.email) await this.requireForEmail(person, by, before, current_password);
    await uniqueOr422(UNIQUE, () =>
      this.database.transaction(async (sql) => {
        await this.users.update(person.userId, { email, displayName }, sql);
        const fields = Object.keys(changes);
        await this.activities.record(by, { key: 'user.update', ...subjectOf(before), details: { fields } }, sql);
      }),
    );
    return this.get(person);
  }

  /** Whoever has the address can have the password set anew: it takes as much as a new password. */
  private async requireForEmail(person: Person, by: By, user: User, password: string | undefined): Promise<void> {
    if (person.token) throw new AppError('forbidden', 'an application token does not change the e-mail address');
    if (password === undefined) throw new InvalidError({ current_password: ['is needed for another e-mail address'] });
    await this.requirePassword(by, user, password);
  }

  private async requirePassword(by: By, user: User, password: string): Promise<void> {
    const credentials = { username: user.username, password };
    const known = await orTooMany(() => this.identity.isPasswordOf(user, credentials, by.address ?? ''));
    if (!known) throw new InvalidError({ current_password: ['is wrong'] });
  }

  /** Ends all other sessions of the person, and the logins that clients keep. Application tokens go on. */
  async changePassword(person: Person, by: By, session: SignedIn | null, change: PasswordChange): Promise<void> {
    const user = await this.get(person);
    refuseService(user);
    await this.requirePassword(by, user, change.current_password);
    const passwordHash = await orTooMany(() => this.identity.hashPassword(change.password));
    await this.database.transaction(async (sql) => {
      await this.users.setPassword(user.id, passwordHash, sql);
      // No session has the id 0: without one of their own all of them end.
      await this.sessions.keepOnly(session?.sessionId ?? 0, user.id, sql);
      await this.activities.record(by, { key: 'user.password', ...subjectOf(user) }, sql);
    });
  }
}

/** Its password follows the environment. */
function refuseService(user: User): void {
  if (user.service) throw new InvalidError({ username: ['of the service account: it follows the environment'] });
}

function subjectOf(user: User) {
  return { subjectType: 'user', subjectId: user.id, subjectName: user.username } as const;
}
