import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { Session } from '#domain/user/session.entity.js';
import type { User } from '#domain/user/user.entity.js';
import { Identity } from '#identity/identity.js';
import { hashSessionToken, newSessionToken } from '#identity/session-token.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { Database } from '#persistence/database.js';
import { SessionsRepository } from '#persistence/sessions.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Person } from '../http/access.js';
import { Afterwards } from '../http/afterwards.js';
import { orTooMany } from '../http/password-errors.js';
import type { SignIn } from './sessions.dto.js';

/** Of what a browser calls itself, so much is kept. */
const MAX_AGENT = 512;

@Injectable()
export class SessionsService {
  constructor(
    private readonly identity: Identity,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
    private readonly afterwards: Afterwards,
  ) {}

  /**
   * Begins a session with a password; application tokens, bots and the service account get none. Failures stand in the
   * activities of those who exist (what else is typed there may be a password); throttled ones do not, so that nobody can
   * fill them. They are written down after the answer, which takes as long for a name that nobody has.
   */
  async signIn(by: By, { username, password }: SignIn, userAgent: string): Promise<{ user: User; token: string }> {
    const user = await this.users.findByName(username);
    const address = by.address ?? '';
    const good = await orTooMany(() => this.identity.isPasswordOf(user, { username, password }, address));
    if (!good || user === null || user.service || !user.enabled || user.lockedAt !== null) {
      if (user) this.noteFailure(by, user);
      throw new AppError('unauthenticated', 'Authentication fails');
    }
    const token = newSessionToken();
    const session = {
      userId: user.id,
      credentialVersion: user.credentialVersion,
      tokenHash: hashSessionToken(token),
      address,
      userAgent: userAgent.slice(0, MAX_AGENT),
    };
    await this.database.transaction(async (sql) => {
      await this.sessions.create(session, sql);
      const self = { ...by, actorId: user.id, actorName: user.username };
      await this.activities.record(self, { key: 'session.create', ...subjectOf(user.id, user.username) }, sql);
    });
    return { user, token };
  }

  private noteFailure(by: By, { id, username }: User): void {
    const activity = { key: 'session.failure', ...subjectOf(id, username) } as const;
    this.afterwards.run('the activity of a failed sign-in', () => this.activities.record(by, activity));
  }

  async userOf(person: Person): Promise<User> {
    const user = await this.users.find(person.userId);
    if (user === null) throw new AppError('unauthenticated', 'Authentication fails');
    return user;
  }

  async list(person: Person): Promise<Session[]> {
    return this.sessions.ofUser(person.userId);
  }

  /** Ends one of the person's own sessions. */
  async end(person: Person, by: By, id: number): Promise<void> {
    await this.database.transaction(async (sql) => {
      if (!(await this.sessions.delete(id, person.userId, sql))) throw new AppError('not_found', 'Not found');
      await this.activities.record(by, { key: 'session.destroy', ...subjectOf(person.userId, person.username) }, sql);
    });
  }
}

function subjectOf(id: number, username: string) {
  return { subjectType: 'session', subjectId: id, subjectName: username } as const;
}
