import { describe, expect, it } from 'vitest';
import { inParallel } from './in-parallel.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe(inParallel.name, () => {
  it('does everything, no more at a time than allowed, and asks for no item before there is room', async () => {
    let [asked, running, most, done] = [0, 0, 0, 0];
    function* items() {
      for (let i = 0; i < 20; i++) {
        asked += 1;
        expect(asked - done).toBeLessThanOrEqual(3);
        yield i;
      }
    }
    await inParallel(items(), 3, async () => {
      most = Math.max(most, (running += 1));
      await tick();
      running -= 1;
      done += 1;
    });
    expect([done, most, running]).toEqual([20, 3, 0]);
  });

  it('begins nothing after a failure, and throws when nothing is under way any more', async () => {
    const [begun, ended]: [number[], number[]] = [[], []];
    const all = inParallel([0, 1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('no');
      await tick();
      await tick();
      ended.push(item);
    });
    await expect(all).rejects.toThrow('no');
    expect([begun, ended]).toEqual([[0, 1], [0]]);
  });

  it('waits for what is under way also when the source of the items fails', async () => {
    let ended = 0;
    async function* items() {
      yield 1;
      throw new Error('no more pages');
    }
    const all = inParallel(items(), 4, async () => {
      await tick();
      ended += 1;
    });
    await expect(all).rejects.toThrow('no more pages');
    expect(ended).toBe(1);
  });
});
