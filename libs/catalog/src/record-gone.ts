import type { ActivitiesRepository } from '#persistence/activities.repository.js';
import type { Sql } from '#persistence/database.js';
import type { ClaimedDeletion, DeletionWorkRepository } from '#persistence/deletion-work.repository.js';
import type { ItemRow } from '#persistence/deletions.repository.js';

/** Writes a tag that went into the audit log. Whole repositories were written when they were asked for. */
export async function recordGone(
  work: DeletionWorkRepository,
  activities: ActivitiesRepository,
  { id, actorId, actor }: ClaimedDeletion,
  { registryId, fullName, tag, digest, because }: ItemRow,
  sql: Sql,
): Promise<void> {
  if (tag === null) return;
  const { namespaceId, teamId } = await work.placeOf(registryId, fullName, sql);
  const subject = { subjectType: 'tag', subjectId: null, subjectName: `${fullName}:${tag}` } as const;
  const details = { deletion: id, digest, ...(because === null ? {} : { rule: because }) };
  const by = { actorId, actorName: actor, address: null, requestId: null };
  await activities.record(by, { key: 'tag.delete', ...subject, teamId, namespaceId, details }, sql);
}
