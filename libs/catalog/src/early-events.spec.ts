import { describe, expect, it } from 'vitest';
import type { RemoteTag } from '#domain/sync/plan-sync.js';
import { type Announcement, earlyEvents } from './early-events.js';

const push = (digest: string | null, attempts = 0): Announcement => ({ action: 'push', tag: 'v1', digest, attempts });
const untag: Announcement = { action: 'delete', tag: 'v1', digest: null, attempts: 0 };
const remove: Announcement = { action: 'delete', tag: null, digest: 'a', attempts: 0 };
const child: Announcement = { action: 'push', tag: null, digest: 'c', attempts: 0 };

/** `v1` is stored with digest a. */
const stored = (digest: string): string[] => (digest === 'a' ? ['v1'] : []);
const at = (digest: string): RemoteTag => ({ state: 'present', digest });
const absent: RemoteTag = { state: 'absent' };

describe(earlyEvents.name, () => {
  it.each<[string, Announcement[], RemoteTag | null, boolean, number[]]>([
    ['a push that is shown', [push('b')], at('b'), true, []],
    ['a push whose tag has its former digest', [push('b')], at('a'), true, [0]],
    ['a push whose tag is not there', [push('b')], absent, false, [0]],
    ['the second of two pushes', [push('a'), push('b')], at('a'), true, [1]],
    ['the first of two pushes, when the second is shown', [push('a'), push('b')], at('b'), true, []],
    ['a push that a delete has overtaken', [push('b'), untag], absent, false, []],
    ['a push after a delete', [untag, push('b')], absent, false, [1]],
    ['a push without a digest', [push(null)], at('a'), true, []],
    ['a push that was looked for long enough', [push('b', 3)], at('a'), true, []],
    ['a deleted manifest whose tag is still listed', [remove], absent, true, [0]],
    ['a deleted manifest whose tag is gone', [remove], absent, false, []],
    ['a deleted manifest whose tag has moved', [remove], at('b'), true, []],
    ['a tag that was taken off', [untag], absent, false, []],
    ['a manifest without a tag', [child], null, false, []],
    ['a tag that nothing is known about', [push('b'), remove], null, true, []],
  ])('%s', (_, events, tag, listed, expected) => {
    const tags = new Map(tag === null ? [] : [['v1', tag]]);
    const reading = { tags, listing: new Set(listed ? ['v1'] : []) };
    expect(earlyEvents(events, reading, stored)).toEqual(expected.map((position) => events[position]));
  });
});
