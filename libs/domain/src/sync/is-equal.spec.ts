import { describe, expect, it } from 'vitest';
import { isEqual } from './is-equal.js';

const whole = { failed: 0 };
const nothing = { counting: 0, unrecorded: 0 };

describe(isEqual.name, () => {
  it('is so after a names run and a deep one that found nothing', () => {
    expect(isEqual({ latest: whole, deep: whole }, nothing)).toBe(true);
  });

  it.each([
    ['without any run', { latest: null, deep: null }, nothing],
    ['without a deep run', { latest: whole, deep: null }, nothing],
    ['when not all could be read', { latest: { failed: 1 }, deep: whole }, nothing],
    ['when not all digests could be read', { latest: whole, deep: { failed: 1 } }, nothing],
    ['while something differs', { latest: whole, deep: whole }, { ...nothing, counting: 1 }],
    [
      'while something differs that was not written down',
      { latest: whole, deep: whole },
      { ...nothing, unrecorded: 1 },
    ],
  ])('is not so %s', (_, runs, found) => {
    expect(isEqual(runs, found)).toBe(false);
  });
});
