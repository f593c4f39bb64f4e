import type { LocalRepository } from '#persistence/catalog.repository.js';
import type { WaitingEvent } from '#persistence/inbox.repository.js';
import { earlyEvents } from './early-events.js';
import type { Reading } from './read-repository.js';

export interface SortedEvents {
  done: WaitingEvent[];
  /** Announced, and not there yet. */
  early: WaitingEvent[];
  unanswered: WaitingEvent[];
  unreadable: WaitingEvent[];
}

/** By what became of the tag or the digest that each of them names. */
export function sortEvents(events: WaitingEvent[], reading: Reading, local: LocalRepository): SortedEvents {
  const sorted: SortedEvents = { done: [], early: [], unanswered: [], unreadable: [] };
  const taggedWith = (digest: string | null): string[] =>
    local.tags.filter((tag) => tag.digest === digest).map((tag) => tag.name);
  const early = new Set(earlyEvents(events, reading, taggedWith));
  for (const event of events) {
    const tagged = event.action === 'delete' ? taggedWith(event.digest) : [];
    const named = event.tag === null ? [event.digest ?? '', ...tagged] : [event.tag];
    if (named.some((one) => reading.unanswered.has(one))) sorted.unanswered.push(event);
    else if (named.some((one) => reading.unreadable.has(one))) sorted.unreadable.push(event);
    else if (early.has(event)) sorted.early.push(event);
    else sorted.done.push(event);
  }
  return sorted;
}
