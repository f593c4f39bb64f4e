import { Inject, Injectable } from '@nestjs/common';
import { Retention } from '#catalog/retention.js';
import { InvalidError } from '#domain/errors/app-error.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { type DeletionRow, DeletionsRepository } from '#persistence/deletions.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { RetentionService, type Scope } from './retention.service.js';

/** Retention when somebody wants it now. */
@Injectable()
export class RetentionRunsService {
  constructor(
    @Inject(RetentionService) private readonly rules: RetentionService,
    private readonly retention: Retention,
    private readonly deletions: DeletionsRepository,
    private readonly activities: ActivitiesRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The deletions that were made, in the person's name. Throws "invalid" where nobody may delete. */
  async run(person: Person, by: By, scope: Scope): Promise<DeletionRow[]> {
    const place = await this.rules.require(person, scope);
    if (!this.settings.deleteEnabled)
      throw new InvalidError({ retention: ['deletion is switched off (delete.enabled)'] });
    const ids = await this.retention.run(scope, { actorId: person.userId, actor: person.username });
    if (ids.length === 0) return [];
    const subject = { subjectType: 'retention_rule', subjectId: null, subjectName: 'all rules' } as const;
    await this.activities.record(by, { key: 'retention.run', ...subject, ...place, details: { deletions: ids } });
    const rows = await Promise.all(ids.map((id) => this.deletions.find(id)));
    return rows.filter((row) => row !== null);
  }
}
