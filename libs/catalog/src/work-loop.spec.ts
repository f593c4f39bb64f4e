import { describe, expect, it } from 'vitest';
import { WorkLoop } from './work-loop.js';

describe(WorkLoop.name, () => {
  it('does rounds until one leaves nothing', async () => {
    let left = 3;
    const sut = new WorkLoop(async () => --left > 0);
    await sut.ring();
    expect([left, sut.busy]).toEqual([0, false]);
  });

  it('works once for all who ring while it is at it', async () => {
    let rounds = 0;
    const sut = new WorkLoop(async () => (await Promise.resolve(++rounds)) < 2);
    await Promise.all([sut.ring(), sut.ring(), sut.ring()]);
    expect(rounds).toBe(2);
  });

  it('can be rung again after a failure, which all hear of who waited', async () => {
    let broken = true;
    const sut = new WorkLoop(async () => {
      if (broken) throw new Error('away');
      return false;
    });
    const heard = await Promise.allSettled([sut.ring(), sut.ring()]);
    expect(heard.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    await sut.ring();
  });

  it('waits for the round that is under way when it is stopped, and begins no other', async () => {
    let rounds = 0;
    const sut = new WorkLoop(async (signal) => {
      rounds += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return true;
    });
    const rung = sut.ring();
    await sut.stop();
    expect(sut.busy).toBe(false);
    await rung;
    await sut.ring();
    expect(rounds).toBe(1);
  });
});
