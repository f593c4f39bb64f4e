import { Injectable } from '@nestjs/common';
import type { ActivityKey } from '#domain/activity/activity-keys.js';
import { InvalidError } from '#domain/errors/app-error.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { RetentionRulesRepository } from '#persistence/retention-rules.repository.js';
import { TagAlarmsRepository } from '#persistence/tag-alarms.repository.js';
import type { TagRow } from '#persistence/tags.repository.js';

/** Keeps immutable tags as they are, and tells the audit log what became of the others. */
@Injectable()
export class TagGuard {
  constructor(
    private readonly rules: RetentionRulesRepository,
    private readonly alarms: TagAlarmsRepository,
    private readonly activities: ActivitiesRepository,
  ) {}

  /** 422 for an immutable tag, unless it is to have the digest again that an alarm says it lost. */
  async refuseImmutable(tag: TagRow, digest: string | null = null): Promise<void> {
    const rule = await this.rules.protecting(tag.namespaceId, tag.fullName, tag.name);
    if (rule === null) return;
    if (digest !== null && (await this.alarms.keptDigest(tag.repositoryId, tag.name)) === digest) return;
    throw new InvalidError({ tag: [`is immutable by the rule "${rule.name}"`] });
  }

  async record(by: By, key: ActivityKey, tag: TagRow, details: Record<string, unknown>): Promise<void> {
    const { id, fullName, name, teamId, namespaceId } = tag;
    const subject = { subjectType: 'tag', subjectId: id, subjectName: `${fullName}:${name}` } as const;
    await this.activities.record(by, { key, ...subject, teamId, namespaceId, details });
  }
}
