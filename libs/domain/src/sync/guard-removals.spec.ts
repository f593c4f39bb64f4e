import { describe, expect, it } from 'vitest';
import { reasonToHold, removalAllowance, type RemovalGuard } from './guard-removals.js';

const LIMITS = { share: 0.1, minimum: 20 };
const nothing: RemovalGuard = { knownRepositories: 100, knownTags: 1000, listed: 100, missing: 0, planned: 0 };

describe(reasonToHold.name, () => {
  it.each<[Partial<RemovalGuard>, RegExp | null]>([
    [{}, null],
    [{ knownRepositories: 5, missing: 5, listed: 0 }, /listed nothing/],
    [{ knownRepositories: 1, missing: 1, listed: 0 }, /listed nothing/],
    [{ knownRepositories: 0, knownTags: 0, missing: 0, listed: 0 }, null],
    [{ missing: 20 }, null],
    [{ missing: 21 }, /21 of 100 repositories are missing from the listing, more than the 20/],
    [{ knownRepositories: 1000, missing: 100 }, null],
    [{ knownRepositories: 1000, missing: 101 }, /more than the 100/],
    [{ planned: 100 }, null],
    [{ planned: 101 }, /101 of 1000 tags are gone, more than the 100/],
    [{ knownTags: 30, planned: 20 }, null],
    [{ knownTags: 30, planned: 21 }, /more than the 20/],
  ])('of %j', (given, expected) => {
    const reason = reasonToHold({ ...nothing, ...given }, LIMITS);
    if (expected === null) expect(reason).toBeNull();
    else expect(reason).toMatch(expected);
  });

  it('follows the limits that are set', () => {
    const guard = { ...nothing, planned: 3 };
    expect(reasonToHold(guard, { share: 0, minimum: 3 })).toBeNull();
    expect(reasonToHold(guard, { share: 0, minimum: 2 })).not.toBeNull();
    expect(reasonToHold({ ...guard, planned: 1000 }, { share: 1, minimum: 0 })).toBeNull();
  });

  it('allows a share, and never less than a handful', () => {
    expect([0, 50, 200, 5000].map((known) => removalAllowance(known, LIMITS))).toEqual([20, 20, 20, 500]);
  });
});
