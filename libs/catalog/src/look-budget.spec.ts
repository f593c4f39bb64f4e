import { describe, expect, it } from 'vitest';
import { LookBudget } from './look-budget.js';

const never = new AbortController().signal;

describe(LookBudget.name, () => {
  /** A clock that stands still, and notes for how long somebody wanted to sleep. */
  const still = () => {
    const slept: number[] = [];
    const clock = { time: 0, now: () => clock.time, sleep: async (ms: number) => void slept.push(ms) };
    return { clock, slept };
  };

  it('makes those who ask much wait, together no more than the rate', async () => {
    const { clock, slept } = still();
    const sut = new LookBudget(100, clock);
    await Promise.all([sut.pay(50, never), sut.pay(100, never)]);
    expect(slept).toEqual([500, 1_500]);
    clock.time = 10_000;
    await sut.pay(10, never);
    expect(slept).toEqual([500, 1_500, 100]);
  });

  it('lets who asked nothing, or has no limit, go on at once', async () => {
    const { clock, slept } = still();
    await new LookBudget(1, clock).pay(0, never);
    await new LookBudget(null, clock).pay(1_000_000, never);
    expect(slept).toEqual([]);
  });

  it('stops waiting when it is aborted', async () => {
    const stop = new AbortController();
    const payment = new LookBudget(1).pay(1_000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(payment).rejects.toThrow('enough');
  });
});
