import { describe, expect, it } from 'vitest';
import { reasonToHold, removalAllowance } from './guard-removals.js';

describe(reasonToHold.name, () => {
  it.each([
    [{ known: 5, missing: 0, listed: 5 }, null],
    [{ known: 5, missing: 5, listed: 0 }, /listed nothing/],
    [{ known: 1, missing: 1, listed: 0 }, /listed nothing/],
    [{ known: 100, missing: 20, listed: 80 }, null],
    [{ known: 100, missing: 21, listed: 79 }, /more than the 20/],
    [{ known: 1000, missing: 100, listed: 900 }, null],
    [{ known: 1000, missing: 101, listed: 899 }, /more than the 100/],
  ])('of %j', (guard, expected) => {
    if (expected === null) expect(reasonToHold(guard)).toBeNull();
    else expect(reasonToHold(guard)).toMatch(expected);
  });

  it('allows a share, and never less than a handful', () => {
    expect([0, 50, 200, 5000].map(removalAllowance)).toEqual([20, 20, 20, 500]);
  });
});
