/** A bounded number of slots; who finds none waits for a turn, first come, first served. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  private free: number;

  constructor(private readonly count: number) {
    this.free = count;
  }

  get areInUse(): boolean {
    return this.free < this.count;
  }

  /** How many wait for one. */
  get queue(): number {
    return this.waiting.length;
  }

  async take(): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  give(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }

  /** Runs `work` in a slot. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.take();
    try {
      return await work();
    } finally {
      this.give();
    }
  }
}
