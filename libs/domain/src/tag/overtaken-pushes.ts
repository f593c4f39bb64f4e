import type { RemoteView } from '../sync/plan-sync.js';
import { isDigest, isTagName } from '../naming/repository-name.js';

export interface AnnouncedPush {
  action: string;
  tag: string | null;
  digest: string | null;
  actor: string | null;
}

/** A digest that a tag had for a moment only: it was announced, and another one was read. */
export interface OvertakenPush {
  name: string;
  digest: string;
  actor: string | null;
}

/**
 * Of handled notifications, oldest first, the pushes that a reading no longer shows and that were not stored before:
 * they belong into the history of their tags, each digest once.
 *
 * @param storedDigest what a tag had before the reading; null: it was not there
 */
export function overtakenPushes(
  events: readonly AnnouncedPush[],
  reading: RemoteView,
  storedDigest: (tag: string) => string | null,
): OvertakenPush[] {
  const found = new Map<string, OvertakenPush>();
  for (const { action, tag, digest, actor } of events) {
    if (action !== 'push' || tag === null || digest === null || !isTagName(tag) || !isDigest(digest)) continue;
    const now = reading.tags.get(tag);
    if (now === undefined || now.state === 'unknown' || storedDigest(tag) === digest) continue;
    if (now.state === 'present' && now.digest === digest) continue;
    found.set(`${tag} ${digest}`, { name: tag, digest, actor });
  }
  return [...found.values()];
}
