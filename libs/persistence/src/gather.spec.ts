import { describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.js';
import { Gather, type GatherLimits } from './gather.js';

/** Doubles numbers; each batch waits until it is let go. */
function doubling(limits: GatherLimits = { most: 3, lanes: 1 }) {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const fails: { with: Error | null; on: number } = { with: null, on: -1 };
  const sut = new Gather(async (items: number[]) => {
    batches.push(items);
    await new Promise<void>((resolve) => gates.push(resolve));
    if (fails.with && items.includes(fails.on)) throw fails.with;
    return items.map((item) => item * 2);
  }, limits);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const letGo = async () => {
    while (gates.length > 0) {
      gates.shift()!();
      await turn();
      await turn();
    }
  };
  return { sut, batches, fails, letGo, turn };
}

describe(Gather.name, () => {
  it('handles those who come at the same time together, up to a number, and gives each its own result', async () => {
    const { sut, batches, letGo, turn } = doubling();
    const results = Promise.all([1, 2, 3, 4].map((item) => sut.do(item)));
    await turn();
    expect(batches).toEqual([[1, 2, 3]]);
    await letGo();
    expect(await results).toEqual([2, 4, 6, 8]);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('lets a batch that is full wait for nobody', async () => {
    const { sut, batches, letGo, turn } = doubling({ most: 2, lanes: 1, wait: 60_000 });
    const first = Promise.all([1, 2].map((item) => sut.do(item)));
    expect(batches).toEqual([[1, 2]]);
    await letGo();
    await first;
    const second = Promise.all([3, 4].map((item) => sut.do(item)));
    await turn();
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
    await letGo();
    expect(await second).toEqual([6, 8]);
  });

  it('lets those who come later wait for the next batch, and has no more batches under way than lanes', async () => {
    const { sut, batches, letGo, turn } = doubling({ most: 9, lanes: 2 });
    const results: Promise<number>[] = [];
    for (const item of [1, 2, 3, 4]) {
      results.push(sut.do(item));
      await turn();
    }
    expect(batches).toEqual([[1], [2]]);
    await letGo();
    await Promise.all(results);
    expect(batches).toEqual([[1], [2], [3, 4]]);
  });

  it('lets a bad item fail alone', async () => {
    const { sut, fails, letGo, turn } = doubling();
    Object.assign(fails, { with: new Error('bad'), on: 2 });
    const results = Promise.allSettled([1, 2, 3].map((item) => sut.do(item)));
    await turn();
    await letGo();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('does not try items one by one while the database is away', async () => {
    const { sut, batches, fails, letGo, turn } = doubling();
    Object.assign(fails, { with: Object.assign(new Error('away'), { code: 'ECONNREFUSED' }), on: 2 });
    const results = Promise.allSettled([1, 2, 3].map((item) => sut.do(item)));
    await turn();
    await letGo();
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(batches).toHaveLength(1);
  });

  it('does not go on one by one when the database goes away meanwhile, and keeps nobody waiting behind its silence', async () => {
    const calls: number[][] = [];
    const sut = new Gather(
      async (items: number[]) => {
        calls.push(items);
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error(items.length > 1 ? 'bad' : 'Query read timeout');
      },
      { most: 3, lanes: 1 },
    );
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map((item) => sut.do(item)));
    expect(results.map((one) => (one as PromiseRejectedResult).reason.message)).toEqual(
      Array(5).fill('Query read timeout'),
    );
    expect(calls).toEqual([[1, 2, 3], [1]]);
    calls.length = 0;
    const silent = new Gather(
      async (items: number[]) => {
        calls.push(items);
        throw new Error('Query read timeout');
      },
      { most: 3, lanes: 1 },
    );
    const all = await Promise.allSettled([1, 2, 3, 4, 5].map((item) => silent.do(item)));
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    expect(calls).toEqual([[1, 2, 3]]);
  });

  it('waits for more while several come at a time, and does not keep one waiting that comes alone', async () => {
    const { sut, batches, letGo, turn } = doubling({ most: 9, lanes: 1, wait: 20 });
    const handled = async (items: number[]) => {
      const results = Promise.all(items.map((item) => sut.do(item)));
      await until('they are under way', async () => turn().then(() => batches.flat().includes(items[0]!)));
      await letGo();
      return results;
    };
    await handled([1]);
    const [alone, later] = [sut.do(2), turn().then(() => sut.do(3))];
    await turn();
    await turn();
    await letGo();
    expect(await Promise.all([alone, later])).toEqual([4, 6]);
    expect(batches).toEqual([[1], [2], [3]]);
    await handled([4, 5]);
    const [first, second] = [sut.do(6), turn().then(() => sut.do(7))];
    await until('they are under way', async () => turn().then(() => batches.flat().includes(6)));
    await letGo();
    expect(await Promise.all([first, second])).toEqual([12, 14]);
    expect(batches.at(-1)).toEqual([6, 7]);
  });
});
