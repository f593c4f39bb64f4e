/** More than anybody hands over at once: a registry of which nothing is known yet is taken to be quick. */
const MOST = 256;

/**
 * How many repositories are claimed ahead of their turn. Many at once cost few statements, but what is claimed is kept
 * from others: so as many as are read within half of the patience, by the pace of those before. Room is given to half of
 * them at a time, so that they ask together.
 */
export class ClaimAhead {
  private pace = MOST;
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * @param least repositories that are claimed ahead in any case
   * @param patience milliseconds for which one that is claimed waits for its turn
   */
  constructor(
    private readonly least: number,
    private readonly patience: number,
  ) {}

  /** Returns when there is room; {@link leave} must follow. */
  async enter(): Promise<void> {
    if (this.inside < this.room && this.waiting.length === 0) this.inside += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  leave(): void {
    this.inside -= 1;
    if (this.inside > this.room / 2) return;
    for (; this.inside < this.room && this.waiting.length > 0; this.inside += 1) this.waiting.shift()!();
  }

  /** A turn came after so many milliseconds, when so many others had been there before it. */
  came(before: number, milliseconds: number): void {
    if (before === 0) return;
    const inTime = (before * this.patience) / 2 / Math.max(milliseconds, 1);
    this.keep(this.pace + (inTime - this.pace) / 4);
  }

  /** A turn did not come within the patience. */
  cameNot(): void {
    this.keep(this.pace / 2);
  }

  private keep(pace: number): void {
    this.pace = Math.min(MOST, Math.max(this.least, pace));
  }

  private get room(): number {
    return Math.floor(this.pace);
  }
}
