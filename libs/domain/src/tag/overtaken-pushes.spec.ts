import { describe, expect, it } from 'vitest';
import type { RemoteTag } from '../sync/plan-sync.js';
import { overtakenPushes } from './overtaken-pushes.js';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const push = (tag: string | null, letter: string, actor = 'alice') => ({
  action: 'push',
  tag,
  digest: digest(letter),
  actor,
});
const reading = (tags: Record<string, RemoteTag>) => ({ listing: null, tags: new Map(Object.entries(tags)) });

describe(overtakenPushes.name, () => {
  const shown = reading({ v1: { state: 'present', digest: digest('c') } });

  it('finds what a tag had between two readings, once, in order', () => {
    const events = [push('v1', 'a'), push('v1', 'b', 'bob'), push('v1', 'b', 'bob'), push('v1', 'c')];
    expect(overtakenPushes(events, shown, () => null)).toEqual([
      { name: 'v1', digest: digest('a'), actor: 'alice' },
      { name: 'v1', digest: digest('b'), actor: 'bob' },
    ]);
  });

  it('leaves out what was stored before, what is there now, and what has no tag', () => {
    const events = [push('v1', 'a'), push('v1', 'c'), push(null, 'b'), { ...push('v1', 'b'), action: 'delete' }];
    expect(overtakenPushes(events, shown, () => digest('a'))).toEqual([]);
  });

  it('counts a tag that is gone again, and leaves out one that was not answered about', () => {
    const events = [push('gone', 'a'), push('dark', 'b')];
    const view = reading({ gone: { state: 'absent' }, dark: { state: 'unknown' } });
    expect(overtakenPushes(events, view, () => null)).toEqual([{ name: 'gone', digest: digest('a'), actor: 'alice' }]);
  });
});
