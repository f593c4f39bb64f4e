/** Since when facts for tokens are not confirmed by the database, and until when pulls are served all the same. */
export interface Unconfirmed {
  since: Date;
  /** In the past: nothing is served any more. */
  until: Date;
}

/** Where the facts of token decisions come from: the database, or what it confirmed before (promise P6). */
export class FactSource {
  private confirmedAt = -Infinity;
  private failingSince: number | null = null;

  constructor(
    private readonly graceMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** The database answered facts. Returns whether it had not before. */
  confirmed(): boolean {
    this.confirmedAt = this.now();
    return this.reachable();
  }

  /** The database answers, though nobody asked it for facts. Returns whether it had not before. */
  reachable(): boolean {
    const failing = this.failingSince !== null;
    this.failingSince = null;
    return failing;
  }

  /** The database did not answer. Returns whether it had before. */
  failed(): boolean {
    const first = this.failingSince === null;
    this.failingSince ??= this.now();
    return first;
  }

  /** null while the database answers. */
  get unconfirmed(): Unconfirmed | null {
    if (this.failingSince === null) return null;
    const until = Math.max(this.confirmedAt + this.graceMs, this.failingSince);
    return { since: new Date(this.failingSince), until: new Date(until) };
  }

  /** Whether pulls are served from facts that were confirmed before. */
  get serving(): boolean {
    const { unconfirmed } = this;
    return unconfirmed !== null && unconfirmed.until.getTime() > this.now();
  }
}
