import { describe, expect, it } from 'vitest';
import { judgeClocks, type OffClock } from './judge-clocks.js';

describe(judgeClocks.name, () => {
  it.each<[string, number, number, OffClock]>([
    ['all agree', 2, -1, 'none'],
    ['the registry is just within what is tolerated', 30, 0, 'none'],
    ['the registry is ahead', 31, 0, 'registry'],
    ['the registry is behind', -95, 5, 'registry'],
    ['both others are ahead of Portus', 95, 90, 'portus'],
    ['both others are behind Portus', -3_600, -3_601, 'portus'],
    ['all three differ', 95, -95, 'unknown'],
    ['the database alone is off, which concerns no token', 0, 95, 'none'],
  ])('%s', (_, registry, database, off) => {
    expect(judgeClocks({ registryAheadMs: registry * 1000, databaseAheadMs: database * 1000 })).toBe(off);
  });
});
