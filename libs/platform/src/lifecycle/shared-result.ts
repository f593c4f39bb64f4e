/** The result of some work, made at most once at a time, and shared by all who ask within a while after its start. */
export class SharedResult<T> {
  private result: Promise<T> | null = null;
  private startedAt = 0;
  private running = false;

  constructor(
    private readonly lifetimeMs: number,
    private readonly work: () => Promise<T>,
    private readonly now: () => number = Date.now,
  ) {}

  /** A failure is shared like a success. */
  async get(): Promise<T> {
    const fresh = this.running || this.now() - this.startedAt < this.lifetimeMs;
    if (this.result !== null && fresh) return this.result;
    this.startedAt = this.now();
    this.running = true;
    this.result = this.work().finally(() => {
      this.running = false;
    });
    return this.result;
  }
}
