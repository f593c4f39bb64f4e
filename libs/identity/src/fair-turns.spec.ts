import { describe, expect, it } from 'vitest';
import { FairTurns, NoTurnError } from './fair-turns.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when it is let go; `order` tells in which order it began. */
function turns(limits = { atOnce: 1, waiting: 4 }) {
  const sut = new FairTurns(limits);
  const order: string[] = [];
  const refused: string[] = [];
  const gates: (() => void)[] = [];
  const enter = (source: string, name: string) => {
    const work = async () => {
      order.push(name);
      await new Promise<void>((resolve) => gates.push(resolve));
    };
    sut.take(source, work).catch((error: unknown) => {
      expect(error).toBeInstanceOf(NoTurnError);
      refused.push(name);
    });
  };
  const drain = async () => {
    await settle();
    while (gates.length > 0) {
      gates.shift()!();
      await settle();
    }
  };
  return { sut, order, refused, enter, drain };
}

describe(FairTurns.name, () => {
  it('lets sources take turns, and each its own in the order in which they came', async () => {
    const { order, enter, drain, sut } = turns({ atOnce: 1, waiting: 10 });
    for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']) enter(name[0]!, name);
    await drain();
    expect(order).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
    expect(sut.load).toEqual({ running: 0, waiting: 0 });
  });

  it('runs no more at once than it may, also when places are passed on', async () => {
    const sut = new FairTurns({ atOnce: 3, waiting: 100 });
    let [now, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++now);
      await settle();
      now -= 1;
    };
    await Promise.all(Array.from({ length: 50 }, (_, i) => sut.take(`${i % 7}`, work)));
    expect(most).toBe(3);
    expect(sut.load).toEqual({ running: 0, waiting: 0 });
  });

  it('turns away the newest of those with most, when all places are taken', async () => {
    const { order, refused, enter, drain } = turns();
    for (const name of ['a0', 'a1', 'a2', 'a3', 'b1', 'c1', 'd1', 'e1']) enter(name[0]!, name);
    await drain();
    expect(refused).toEqual(['a3', 'a2', 'e1']);
    expect(order).toEqual(['a0', 'a1', 'b1', 'c1', 'd1']);
  });

  it('lets nobody who waits alone lose the place to somebody else', async () => {
    const { refused, enter, drain } = turns();
    enter('x', 'x0');
    for (const name of ['a1', 'b1', 'c1', 'd1', 'a2', 'e1', 'b2']) enter(name[0]!, name);
    await drain();
    expect(refused).toEqual(['a2', 'e1', 'b2']);
  });

  it('passes the turn on when work fails', async () => {
    const sut = new FairTurns({ atOnce: 1, waiting: 4 });
    const failed = sut.take('a', async () => Promise.reject(new Error('no')));
    const next = sut.take('b', async () => 'good');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('good');
    expect(sut.load).toEqual({ running: 0, waiting: 0 });
  });
});
