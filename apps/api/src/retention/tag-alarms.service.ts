import { Inject, Injectable } from '@nestjs/common';
import { TagRestorer } from '#catalog/tag-restorer.js';
import { AppError } from '#domain/errors/app-error.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import type { Listed, Page } from '#persistence/listing.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { RepositoriesRepository } from '#persistence/repositories.repository.js';
import { type AlarmRow, TagAlarmsRepository } from '#persistence/tag-alarms.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { policyOptions } from '../http/policy-options.js';
import { orRegistryError } from '../http/registry-errors.js';
import { requireActionOn, viewerOf } from '../http/viewer.js';
import { refuseUnlessRestored } from '../tags/tag-rollback.service.js';

/** Immutable tags that were changed, and the way back. */
@Injectable()
export class TagAlarmsService {
  constructor(
    private readonly alarms: TagAlarmsRepository,
    private readonly repositories: RepositoriesRepository,
    private readonly registries: RegistriesRepository,
    private readonly restorer: TagRestorer,
    private readonly activities: ActivitiesRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async list(person: Person, open: boolean, page: Page<'id'>): Promise<Listed<AlarmRow>> {
    return this.alarms.page(viewerOf(person), open, page);
  }

  /** Gives the tag the digest again that it lost, also when it was removed. */
  async rollback(person: Person, by: By, id: number): Promise<AlarmRow> {
    const alarm = await this.alarms.find(id);
    const namespace = alarm && (await this.repositories.place(viewerOf(person), alarm.repositoryId));
    if (!alarm || !namespace) throw new AppError('not_found', 'Not found');
    requireActionOn(person, 'rollback', namespace, policyOptions(this.settings));
    if (alarm.settledAt !== null) throw new AppError('conflict', 'the tag has its digest again');
    const registry = await this.registries.find(alarm.registryId);
    if (registry === null) throw new AppError('not_found', 'Not found');
    const { fullName, tag, keptDigest: digest } = alarm;
    const target = { registry, fullName, tag, digest, actor: person.username };
    refuseUnlessRestored(await orRegistryError(() => this.restorer.restore(target)));
    await this.record(by, alarm);
    return (await this.alarms.find(id)) ?? alarm;
  }

  private async record(by: By, alarm: AlarmRow): Promise<void> {
    const { fullName, tag, foundDigest, keptDigest, teamId, namespaceId } = alarm;
    const subject = { subjectType: 'tag', subjectId: null, subjectName: `${fullName}:${tag}` } as const;
    const details = { alarm: alarm.id, before: { digest: foundDigest }, after: { digest: keptDigest } };
    await this.activities.record(by, { key: 'tag.rollback', ...subject, teamId, namespaceId, details });
  }
}
