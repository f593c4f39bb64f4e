import { describe, expect, it } from 'vitest';
import { SharedResult } from './shared-result.js';

function setUp() {
  let now = 0;
  const ends: ((value: number) => void)[] = [];
  const work = () => new Promise<number>((resolve) => ends.push(resolve));
  const sut = new SharedResult(2_000, work, () => now);
  return { sut, ends, later: (ms: number) => (now += ms) };
}

describe(SharedResult.name, () => {
  it('works once for many who ask at once, however long it takes', async () => {
    const { sut, ends, later } = setUp();
    const first = sut.get();
    later(10_000);
    const second = sut.get();
    expect(ends).toHaveLength(1);
    ends[0]!(7);
    expect(await Promise.all([first, second])).toEqual([7, 7]);
  });

  it('serves a result for a while, and no longer', async () => {
    const { sut, ends, later } = setUp();
    const first = sut.get();
    ends[0]!(1);
    await first;
    later(1_999);
    expect(await sut.get()).toBe(1);
    later(1);
    const next = sut.get();
    ends[1]!(2);
    expect(await next).toBe(2);
  });

  it('shares a failure, and works again after it', async () => {
    let runs = 0;
    let now = 0;
    const work = async () => {
      if (++runs === 1) throw new Error('down');
      return runs;
    };
    const sut = new SharedResult(2_000, work, () => now);
    await expect(sut.get()).rejects.toThrow('down');
    await expect(sut.get()).rejects.toThrow('down');
    now = 2_000;
    expect(await sut.get()).toBe(2);
  });
});
