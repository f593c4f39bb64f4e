/** There are too many who wait already. */
export class NoTurnError extends Error {
  override readonly name = 'NoTurnError';
}

interface Waiter {
  go: () => void;
  refuse: (error: Error) => void;
}

export interface TurnLimits {
  /** Pieces of work that run at once. */
  atOnce: number;
  /** Callers that may wait. */
  waiting: number;
}

/**
 * Lets callers work in turn, a bounded number at a time, fair by where they come from: sources take turns, whatever
 * each of them has waiting. When all places are taken, the source with most callers waiting loses its newest, so that
 * who comes alone is only turned away when everybody waits alone.
 */
export class FairTurns {
  private running = 0;
  private waiting = 0;
  /** Source → its callers, oldest first. The source whose turn is next is first. */
  private readonly queues = new Map<string, Waiter[]>();

  constructor(private readonly limits: TurnLimits) {}

  get load(): { running: number; waiting: number } {
    return { running: this.running, waiting: this.waiting };
  }

  /** Runs `work` when it is its turn. Throws {@link NoTurnError}. */
  async take<T>(source: string, work: () => Promise<T>): Promise<T> {
    if (this.running >= this.limits.atOnce) await this.wait(source);
    else this.running += 1;
    try {
      return await work();
    } finally {
      if (!this.passOn()) this.running -= 1;
    }
  }

  private wait(source: string): Promise<void> {
    return new Promise((go, refuse) => {
      this.add(source, { go, refuse });
      if (this.waiting > this.limits.waiting) this.dropNewest();
    });
  }

  private add(source: string, waiter: Waiter): void {
    const queue = this.queues.get(source);
    if (queue) queue.push(waiter);
    else this.queues.set(source, [waiter]);
    this.waiting += 1;
  }

  /** Gives the place of one that has ended to the next; false: nobody waits. */
  private passOn(): boolean {
    const next = this.queues.entries().next();
    if (next.done) return false;
    const [source, queue] = next.value;
    const waiter = queue.shift()!;
    this.queues.delete(source);
    if (queue.length > 0) this.queues.set(source, queue);
    this.waiting -= 1;
    waiter.go();
    return true;
  }

  /** Of sources with as many, the one whose caller came last: where all are alone, that is the newcomer. */
  private dropNewest(): void {
    let [longest, most]: [string, Waiter[]] = ['', []];
    for (const [source, queue] of this.queues) if (queue.length >= most.length) [longest, most] = [source, queue];
    const dropped = most.pop();
    if (most.length === 0) this.queues.delete(longest);
    this.waiting -= 1;
    dropped?.refuse(new NoTurnError('too many wait already'));
  }
}
