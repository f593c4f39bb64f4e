import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { Database } from '#persistence/database.js';
import { type KeptLogin, RefreshTokensRepository } from '#persistence/refresh-tokens.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Person } from '../http/access.js';

/** Logins that clients keep as refresh tokens: seen and ended by their user and by administrators. */
@Injectable()
export class LoginsService {
  constructor(
    private readonly tokens: RefreshTokensRepository,
    private readonly users: UsersRepository,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
  ) {}

  async list(person: Person, userId: number): Promise<KeptLogin[]> {
    if (!person.admin && person.userId !== userId) throw new AppError('forbidden', 'Authorization fails');
    if ((await this.users.find(userId)) === null) throw new AppError('not_found', 'Not found');
    return this.tokens.ofUser(userId);
  }

  async end(person: Person, by: By, id: number): Promise<void> {
    const token = await this.tokens.find(id);
    if (token === null || (!person.admin && token.userId !== person.userId))
      throw new AppError('not_found', 'Not found');
    const user = await this.users.find(token.userId);
    const subject = { subjectType: 'refresh_token', subjectId: id, subjectName: user?.username ?? '' } as const;
    const { service, clientId } = token;
    await this.database.transaction(async (sql) => {
      await this.tokens.delete(id, sql);
      await this.activities.record(
        by,
        { key: 'refresh_token.destroy', ...subject, details: { service, clientId } },
        sql,
      );
    });
  }
}
