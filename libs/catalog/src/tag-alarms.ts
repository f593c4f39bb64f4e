import { type ActivitiesRepository, BY_PORTUS } from '#persistence/activities.repository.js';
import type { Sql } from '#persistence/database.js';
import type { AlarmRow, TagAlarmsRepository } from '#persistence/tag-alarms.repository.js';

const AT_ONCE = 100;

export interface AlarmLog {
  warn(facts: Record<string, unknown>, message: string): void;
}

/**
 * Tells, once each, that immutable tags were moved or removed: in the audit log, and in the log, where a crash may have one
 * told twice.
 */
export class TagAlarms {
  constructor(
    private readonly alarms: TagAlarmsRepository,
    private readonly activities: ActivitiesRepository,
    private readonly log: AlarmLog,
    private readonly count: { inc(): void },
  ) {}

  async tell(): Promise<void> {
    await this.alarms.tellUntold(AT_ONCE, async (alarms, sql) => {
      for (const alarm of alarms) await this.record(alarm, sql);
      for (const { fullName, tag, rule, keptDigest, foundDigest, actor } of alarms) {
        this.count.inc();
        this.log.warn({ fullName, tag, rule, keptDigest, foundDigest, actor }, 'an immutable tag was changed');
      }
    });
  }

  private async record(alarm: AlarmRow, sql: Sql): Promise<void> {
    const { fullName, tag, rule, keptDigest, foundDigest, actor, teamId, namespaceId } = alarm;
    const subject = { subjectType: 'tag', subjectId: null, subjectName: `${fullName}:${tag}` } as const;
    const details = { rule, alarm: alarm.id, actor, before: { digest: keptDigest }, after: { digest: foundDigest } };
    await this.activities.record(BY_PORTUS, { key: 'tag.move', ...subject, teamId, namespaceId, details }, sql);
  }
}
