import { describe, expect, it } from 'vitest';
import { readClock } from './clock.js';

const NOON = Date.parse('Fri, 01 May 2026 12:00:00 GMT');

describe(readClock.name, () => {
  it.each([
    ['an equal clock', 0, 0],
    ['a clock that is ahead', 95_000, 95_000],
    ['a clock that is behind', -40_000, -40_000],
  ])('reads %s, within its uncertainty', (_, shift, ahead) => {
    for (const fraction of [0, 250, 999]) {
      const now = NOON + fraction;
      const date = new Date(now + shift).toUTCString();
      const reading = readClock(date, now - 40, now + 60)!;
      expect(Math.abs(reading.aheadMs - ahead)).toBeLessThanOrEqual(reading.uncertaintyMs);
      expect(reading.uncertaintyMs).toBe(550);
    }
  });

  it.each([undefined, '', 'soon'])('reads nothing out of %j', (date) => {
    expect(readClock(date, NOON, NOON)).toBeNull();
  });
});
