/** One round of work; false when nothing is left to be done now. */
export type Round = (signal: AbortSignal) => Promise<boolean>;

/** Does rounds of work until nothing is left, one at a time: who rings while it is at it waits for its end. */
export class WorkLoop {
  private running: Promise<void> | null = null;
  private readonly stopping = new AbortController();

  constructor(private readonly round: Round) {}

  get busy(): boolean {
    return this.running !== null;
  }

  /** Resolves when a round left nothing. Throws what a round throws. */
  async ring(): Promise<void> {
    this.running ??= this.work().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  /** Begins no further round, tells the present one to end, and waits for that. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the worker is stopping'));
    await this.running?.catch(() => undefined);
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted && (await this.round(signal)));
  }
}
