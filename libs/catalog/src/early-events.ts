import type { RemoteTag, RemoteView } from '#domain/sync/plan-sync.js';

export interface Announcement {
  action: string;
  tag: string | null;
  digest: string | null;
  attempts: number;
}

/** Further looks that an event may get, about one, two and four seconds after each other. */
const LOOKS = 3;

/**
 * Of the given events, oldest first, those whose news a reading does not show yet.
 *
 * Registries speak too early: they announce a push before they link its tag, and the deletion of a manifest before they
 * take its tags off (distribution, `registry/handlers/manifests.go`: the manifest store notifies, the tags follow). A
 * reading in between shows the state before. Such events want another look, a few times; then they may as well have
 * been overtaken by events that we never got, and the reading stands.
 *
 * @param taggedWith names of the stored tags that have a digest
 */
export function earlyEvents<E extends Announcement>(
  events: readonly E[],
  reading: RemoteView,
  taggedWith: (digest: string) => string[],
): E[] {
  const shown = new Map<string, number>();
  const named = events.map((event) => namesOf(event, taggedWith));
  events.forEach((event, position) => {
    for (const name of named[position]!) if (isShown(event, name, reading)) shown.set(name, position);
  });
  return events.filter((event, position) => {
    const overtaken = named[position]!.every((name) => (shown.get(name) ?? -1) >= position);
    return !overtaken && event.attempts < LOOKS;
  });
}

function namesOf(event: Announcement, taggedWith: (digest: string) => string[]): string[] {
  if (event.tag !== null) return [event.tag];
  return event.action === 'delete' && event.digest !== null ? taggedWith(event.digest) : [];
}

function isShown(event: Announcement, name: string, reading: RemoteView): boolean {
  const tag: RemoteTag = reading.tags.get(name) ?? { state: 'unknown' };
  if (tag.state === 'unknown') return true;
  if (event.action === 'push') return event.digest === null || (tag.state === 'present' && tag.digest === event.digest);
  return tag.state === 'present' || !reading.listing?.has(name);
}
