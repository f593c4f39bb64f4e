import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ClaimAhead } from './claim-ahead.js';

const LEAST = 8;
const PATIENCE = 1_000;

/** Lets so many in at once and tells how many got there. */
async function crowd(ahead: ClaimAhead, count: number): Promise<{ inside: number }> {
  const crowd = { inside: 0 };
  for (let i = 0; i < count; i += 1) void ahead.enter().then(() => (crowd.inside += 1));
  await turn();
  return crowd;
}

describe(ClaimAhead.name, () => {
  it('has room for many at a registry that nothing is known of, or that is quick', async () => {
    const ahead = new ClaimAhead(LEAST, PATIENCE);
    ahead.came(100, 50);
    expect(await crowd(ahead, 300)).toEqual({ inside: 256 });
  });

  it('has room for as many as are read within half of the patience', async () => {
    const ahead = new ClaimAhead(LEAST, PATIENCE);
    // Fifty a second.
    for (let i = 0; i < 100; i += 1) ahead.came(10, 200);
    expect(await crowd(ahead, 300)).toEqual({ inside: 25 });
  });

  it('gives room to half of them at a time, so that they ask together', async () => {
    const ahead = new ClaimAhead(LEAST, PATIENCE);
    for (let i = 0; i < 100; i += 1) ahead.came(10, 250);
    const seen = await crowd(ahead, 100);
    expect(seen.inside).toBe(20);
    for (let i = 0; i < 9; i += 1) ahead.leave();
    await turn();
    expect(seen.inside).toBe(20);
    ahead.leave();
    await turn();
    expect(seen.inside).toBe(30);
  });

  it('keeps a few in any case, lets all in at last, and recovers', async () => {
    const ahead = new ClaimAhead(LEAST, PATIENCE);
    for (let i = 0; i < 20; i += 1) ahead.cameNot();
    const seen = await crowd(ahead, 50);
    expect(seen.inside).toBe(LEAST);
    for (let i = 0; i < 44; i += 1) ahead.leave();
    await turn();
    expect(seen.inside).toBe(50);
    for (let i = 0; i < 6; i += 1) ahead.leave();
    for (let i = 0; i < 100; i += 1) ahead.came(4, 1);
    expect(await crowd(ahead, 300)).toEqual({ inside: 256 });
  });
});
