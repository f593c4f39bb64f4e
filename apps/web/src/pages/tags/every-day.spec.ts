import { describe, expect, it } from 'vitest';
import { everyDay } from './every-day.js';

describe(everyDay, () => {
  it('has a place for days without pulls, also over the end of a month', () => {
    expect(everyDay('2026-02-27', '2026-03-02', [{ day: '2026-03-01', pulls: 7 }])).toEqual([
      { day: '2026-02-27', pulls: 0 },
      { day: '2026-02-28', pulls: 0 },
      { day: '2026-03-01', pulls: 7 },
      { day: '2026-03-02', pulls: 0 },
    ]);
  });
});
