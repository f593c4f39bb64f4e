import { describe, expect, it } from 'vitest';
import { countsAgainstEquality, differencesOf, type LookFacts } from './differences.js';

const missedAt = new Date('2026-01-01T00:00:00Z');
const look = (more: Partial<LookFacts>): LookFacts => ({
  repository: 'team/app',
  plan: { set: [], missing: [], lacking: [], seen: [], remove: [] },
  planned: new Set(),
  local: [{ name: 'v1', digest: 'old', absentSince: missedAt }],
  hints: new Map(),
  unanswered: new Map(),
  unreadable: new Map(),
  illegalNames: [],
  mayRemove: true,
  dryRun: false,
  ...more,
});
const plan = (more: Partial<LookFacts['plan']>): Pick<LookFacts, 'plan'> => ({ plan: { ...look({}).plan, ...more } });
const one = (more: Partial<LookFacts>) => differencesOf(look(more))[0];

describe(differencesOf.name, () => {
  it('shows both digests of a tag that moved, repaired unless nothing was changed', () => {
    const moved = plan({ set: [{ name: 'v1', digest: 'new', actor: null, change: 'moved' }] });
    const both = { tag: 'v1', kind: 'other_digest', storedDigest: 'old', registryDigest: 'new' };
    expect(one(moved)).toMatchObject({ ...both, state: 'repaired' });
    expect(one({ ...moved, dryRun: true })).toMatchObject({ ...both, state: 'open' });
  });

  it('finds nothing in a push of what is there already', () => {
    const again = plan({ set: [{ name: 'v1', digest: 'old', actor: 'alice', change: 'pushed-again' }] });
    expect(differencesOf(look(again))).toEqual([]);
  });

  it.each([
    ['the strategy removes nothing', { mayRemove: false }, /removes nothing/, 'open'],
    ['it is to be confirmed', {}, /to be confirmed/, 'open'],
    ['it is for the first time', { local: [] }, /first time/, 'open'],
    ['it is twice proved', { planned: new Set(['v1']) }, /first missed at 2026/, 'planned'],
  ])('says of an absence that %s', (_, more, reason, state) => {
    const found = one({ ...plan({ lacking: ['v1'] }), ...more });
    expect(found).toMatchObject({ kind: 'not_in_registry', state, reason: expect.stringMatching(reason) });
  });

  it('counts all against equality but what was repaired and what can not be read here', () => {
    const error = { message: 'why' };
    const found = differencesOf(
      look({ unanswered: new Map([['a', error]]), unreadable: new Map([['b', error]]), illegalNames: ['..'] }),
    );
    expect(found.map(({ kind }) => kind)).toEqual(['unanswered', 'unreadable', 'illegal_name']);
    expect(found.map(countsAgainstEquality)).toEqual([true, false, true]);
    expect(countsAgainstEquality({ kind: 'not_stored', state: 'repaired' })).toBe(false);
  });
});
