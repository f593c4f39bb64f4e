import type { ActivitiesRepository } from '#persistence/activities.repository.js';
import type { ClaimedDeletion, DeletionsRepository, ItemRow } from '#persistence/deletions.repository.js';

/** Writes a tag that went into the audit log. Whole repositories were written when they were asked for. */
export async function recordGone(
  deletions: DeletionsRepository,
  activities: ActivitiesRepository,
  { id, actorId, actor }: ClaimedDeletion,
  { registryId, fullName, tag, digest, because }: ItemRow,
): Promise<void> {
  if (tag === null) return;
  const { namespaceId, teamId } = await deletions.placeOf(registryId, fullName);
  const subject = { subjectType: 'tag', subjectId: null, subjectName: `${fullName}:${tag}` } as const;
  const details = { deletion: id, digest, ...(because === null ? {} : { rule: because }) };
  const by = { actorId, actorName: actor, address: null, requestId: null };
  await activities.record(by, { key: 'tag.delete', ...subject, teamId, namespaceId, details });
}
