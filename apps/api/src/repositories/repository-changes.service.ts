import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { Database } from '#persistence/database.js';
import { RepositoriesRepository } from '#persistence/repositories.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { RepositoriesService } from './repositories.service.js';
import { mayDescribe, type SeenRepository } from './seen-repository.js';

@Injectable()
export class RepositoryChangesService {
  constructor(
    private readonly service: RepositoriesService,
    private readonly repositories: RepositoriesRepository,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Markdown, by owners of the team and administrators. */
  async describe(person: Person, by: By, id: number, description: string): Promise<SeenRepository> {
    const row = await this.service.get(person, id);
    if (!mayDescribe(person, row, this.settings)) throw new AppError('forbidden', 'Authorization fails');
    const about = { subjectType: 'repository', subjectId: id, subjectName: row.fullName } as const;
    const details = { before: { description: row.description }, after: { description } };
    await this.database.transaction(async (sql) => {
      await this.repositories.describe(id, description, sql);
      const namespaceId = row.namespaceId;
      await this.activities.record(by, { key: 'repository.change_description', ...about, namespaceId, details }, sql);
    });
    return this.service.get(person, id);
  }
}
