const MINUTE_MS = 60_000;

/** How much may be begun now, where so much may be begun per minute. */
export class Pace {
  private begun: number[] = [];

  /** @param perMinute 0: any number */
  constructor(
    private readonly perMinute: number,
    private readonly now: () => number = Date.now,
  ) {}

  left(): number {
    if (this.perMinute === 0) return Infinity;
    const since = this.now() - MINUTE_MS;
    this.begun = this.begun.filter((time) => time > since);
    return this.perMinute - this.begun.length;
  }

  take(count: number): void {
    if (this.perMinute > 0) this.begun.push(...Array.from({ length: count }, this.now));
  }
}
