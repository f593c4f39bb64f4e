import { setTimeout as delay } from 'node:timers/promises';
import { isSilence, isUnavailable } from './connection-errors.js';

export interface GatherLimits {
  /** Items that are handled together, at most. */
  most: number;
  /** Batches under way at once. */
  lanes: number;
  /**
   * Milliseconds for which a batch that is not full waits for more, while several come at a time; one that comes alone is
   * not kept waiting.
   */
  wait?: number;
  /** Several: so many in the batch before. Default 2. */
  several?: number;
}

interface Waiting<I, O> {
  item: I;
  resolve: (result: O) => void;
  reject: (error: unknown) => void;
}

/**
 * Handles together what callers ask for one by one at about the same time: whoever comes while batches are under way is
 * in the next one, so batches grow as the work gets slower. When a batch fails, its items are handled one by one, so that
 * a bad one fails alone; not when the database is away, which is nobody's fault.
 *
 * @param together handles the items and returns their results in the same order; all of it or, when it throws, nothing
 */
export class Gather<I, O> {
  private readonly waiting: Waiting<I, O>[] = [];
  private underWay = 0;
  private asked = false;
  /** How many were handled together the last time. */
  private last = 1;

  constructor(
    private readonly together: (items: I[]) => Promise<O[]>,
    private readonly limits: GatherLimits,
  ) {}

  async do(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.waiting.length >= this.limits.most) this.begin();
      else this.ask();
    });
  }

  /** After this turn of the event loop at the earliest, so that those who ask in the same one come together. */
  private ask(): void {
    if (this.asked || this.waiting.length === 0) return;
    this.asked = true;
    if (this.limits.wait !== undefined && this.last >= (this.limits.several ?? 2))
      void delay(this.limits.wait).then(() => this.begin());
    else setImmediate(() => this.begin());
  }

  private begin(): void {
    this.asked = false;
    while (this.underWay < this.limits.lanes && this.waiting.length > 0) {
      this.underWay += 1;
      const batch = this.waiting.splice(0, this.limits.most);
      this.last = batch.length;
      void this.handle(batch).then(() => {
        this.underWay -= 1;
        this.ask();
      });
    }
  }

  /** Never rejects: each item gets its result or its error. */
  private async handle(batch: Waiting<I, O>[]): Promise<void> {
    const error = await this.attempt(batch);
    if (error === null) return;
    if (isSilence(error)) this.giveUp(error);
    if (batch.length === 1 || isUnavailable(error)) reject(batch, error);
    else await this.oneByOne(batch);
  }

  /** Stops as soon as the database is away: each of the others would only wait for the same. */
  private async oneByOne(batch: Waiting<I, O>[]): Promise<void> {
    for (const [i, one] of batch.entries()) {
      const error = await this.attempt([one]);
      if (error === null) continue;
      if (isSilence(error)) this.giveUp(error);
      if (isUnavailable(error)) return reject(batch.slice(i), error);
      one.reject(error);
    }
  }

  /** Returns the error with which all of it failed; null: all have their results. */
  private async attempt(batch: Waiting<I, O>[]): Promise<unknown> {
    try {
      const results = await this.together(batch.map(({ item }) => item));
      for (const [i, one] of batch.entries()) one.resolve(results[i]!);
      return null;
    } catch (error) {
      return error ?? new Error('failed without an error');
    }
  }

  /** A database that falls silent costs its whole time limit: who waits behind that does not wait for another. */
  private giveUp(error: unknown): void {
    reject(this.waiting.splice(0), error);
  }
}

function reject(batch: readonly { reject: (error: unknown) => void }[], error: unknown): void {
  for (const one of batch) one.reject(error);
}
