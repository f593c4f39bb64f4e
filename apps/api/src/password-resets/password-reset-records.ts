import { Injectable } from '@nestjs/common';
import type { User } from '#domain/user/user.entity.js';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import { Database } from '#persistence/database.js';
import { MailsRepository } from '#persistence/mails.repository.js';
import { PasswordResetsRepository } from '#persistence/password-resets.repository.js';
import { SessionsRepository } from '#persistence/sessions.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';

/** What is stored of forgotten passwords, and what stands in the activities. */
@Injectable()
export class PasswordResetRecords {
  constructor(
    private readonly database: Database,
    private readonly resets: PasswordResetsRepository,
    private readonly mails: MailsRepository,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly activities: ActivitiesRepository,
  ) {}

  /** @param sealed the letter, which waits to be sent from now on */
  async requested(by: By, user: User, tokenHash: Buffer, sealed: string): Promise<void> {
    await this.database.transaction(async (sql) => {
      await this.mails.create(await this.resets.create(user, tokenHash, sql), sealed, sql);
      await this.activities.record(by, about('user.password_reset', user, {}), sql);
    });
  }

  async isValid(tokenHash: Buffer): Promise<boolean> {
    return this.resets.isValid(tokenHash);
  }

  /** @returns false when it was not valid, or not any more */
  async reset(by: By, tokenHash: Buffer, passwordHash: string): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const user = await this.resets.take(tokenHash, sql);
      if (user === null) return false;
      await this.users.setPassword(user.id, passwordHash, sql);
      // No session has the id 0: all of them end.
      await this.sessions.keepOnly(0, user.id, sql);
      const self = { ...by, actorId: user.id, actorName: user.username };
      await this.activities.record(self, about('user.password', user, { by: 'mail' }), sql);
      return true;
    });
  }
}

function about(
  key: NewActivity['key'],
  { id, username }: { id: number; username: string },
  details: Record<string, unknown>,
): NewActivity {
  return { key, subjectType: 'user', subjectId: id, subjectName: username, details };
}
