import { describe, expect, it } from 'vitest';
import { hintsOf } from './event-hints.js';

const D1 = `sha256:${'1'.repeat(64)}`;
const D2 = `sha256:${'2'.repeat(64)}`;
const event = (action: string, tag: string | null, digest: string | null, actor: string | null = 'alice') => ({
  action,
  tag,
  digest,
  actor,
});

describe(hintsOf.name, () => {
  it('gathers pushes of a tag in their order, with authors', () => {
    const hints = hintsOf([event('push', 'v1', D1), event('push', 'v1', D2, 'bob')]);
    expect(hints.tags.get('v1')).toEqual({
      pushes: [
        { digest: D1, actor: 'alice' },
        { digest: D2, actor: 'bob' },
      ],
      deleted: false,
    });
  });

  it('notes deletes by tag and by digest, and untagged pushes', () => {
    const hints = hintsOf([event('delete', 'v1', null), event('delete', null, D1), event('push', null, D2)]);
    expect(hints.tags.get('v1')?.deleted).toBe(true);
    expect([...hints.deletedDigests]).toEqual([D1]);
    expect([...hints.pushedDigests]).toEqual([D2]);
  });

  it.each([
    event('push', '../x', null),
    event('push', null, 'nonsense'),
    event('delete', null, ''),
    event('pull', null, D1),
  ])('takes no hint from %j', (one) => {
    const hints = hintsOf([one]);
    expect(hints.tags.size + hints.deletedDigests.size + hints.pushedDigests.size).toBe(0);
  });
});
