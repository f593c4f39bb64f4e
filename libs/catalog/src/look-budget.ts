import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds since some beginning, and waiting for some. */
export interface Clock {
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const CLOCK: Clock = { now: () => performance.now(), sleep: (ms, signal) => delay(ms, undefined, { signal }) };

/**
 * Spreads questions over time: whoever has asked pays by waiting before the next look, never within one, because a
 * repository that is being looked at belongs to nobody else meanwhile.
 */
export class LookBudget {
  private paidUntil = 0;

  /** @param perSecond questions; null: as many as there are */
  constructor(
    private readonly perSecond: number | null,
    private readonly clock: Clock = CLOCK,
  ) {}

  /** Waits until the questions are paid for. Throws the signal's reason when it is aborted. */
  async pay(questions: number, signal: AbortSignal): Promise<void> {
    if (this.perSecond === null || questions === 0) return;
    const now = this.clock.now();
    this.paidUntil = Math.max(this.paidUntil, now) + (questions / this.perSecond) * 1000;
    await this.clock.sleep(this.paidUntil - now, signal).catch(() => signal.throwIfAborted());
  }
}
