import { isDigest, isTagName } from '#domain/naming/repository-name.js';
import type { LocalTag, TagHint } from '#domain/sync/plan-sync.js';

export interface HintEvent {
  action: string;
  tag: string | null;
  digest: string | null;
  actor: string | null;
}

export interface EventHints {
  /** What was told about tags by name. */
  tags: Map<string, TagHint>;
  /** Digests that were announced as deleted; a blob's looks the same, so only stored tags of it are looked at. */
  deletedDigests: Set<string>;
  /** Manifests that were pushed without a tag: children of indexes, artifacts. */
  pushedDigests: Set<string>;
}

/** Condenses waiting events of one repository, oldest first, into what is to be looked at. */
export function hintsOf(events: readonly HintEvent[]): EventHints {
  const hints: EventHints = { tags: new Map(), deletedDigests: new Set(), pushedDigests: new Set() };
  for (const event of events) {
    const digest = event.digest !== null && isDigest(event.digest) ? event.digest : null;
    if (event.tag !== null && isTagName(event.tag)) noteTag(hints.tags, event.tag, digest, event);
    else if (digest !== null && event.action === 'delete') hints.deletedDigests.add(digest);
    else if (digest !== null && event.action === 'push') hints.pushedDigests.add(digest);
  }
  return hints;
}

function noteTag(tags: Map<string, TagHint>, tag: string, digest: string | null, event: HintEvent): void {
  const hint = tags.get(tag) ?? { pushes: [], deleted: false };
  if (event.action === 'delete') hint.deleted = true;
  else hint.pushes.push({ digest, actor: event.actor });
  tags.set(tag, hint);
}

/** An announced digest concerns the stored tags that have it: they are asked for, and count as announced. */
export function noteDeletedDigests(hints: EventHints, tags: readonly LocalTag[]): void {
  for (const tag of tags) {
    if (!hints.deletedDigests.has(tag.digest)) continue;
    const hint: TagHint = hints.tags.get(tag.name) ?? { pushes: [], deleted: false };
    hint.deleted = true;
    hints.tags.set(tag.name, hint);
  }
}
