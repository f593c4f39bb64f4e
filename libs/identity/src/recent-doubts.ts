/** Pairs that are remembered; beyond, the one that was doubted first is forgotten. */
const MAX_PAIRS = 10_000;

interface Doubt {
  count: number;
  /** Milliseconds. */
  until: number;
}

/**
 * Pairs of user and address from which this process has lately seen passwords that it did not know to be right. For
 * such a pair a warm password is not believed without asking how often the pair has failed: or else who guesses could
 * go on after the limit, and would be let in by the right guess.
 */
export class RecentDoubts {
  private readonly pairs = new Map<string, Doubt>();

  constructor(
    private readonly windowMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  note(username: string, address: string): void {
    const key = keyOf(username, address);
    const count = this.count(username, address) + 1;
    this.pairs.delete(key);
    this.pairs.set(key, { count, until: this.now() + this.windowMs });
    if (this.pairs.size > MAX_PAIRS) this.pairs.delete(this.pairs.keys().next().value!);
  }

  /** How many there were, each within the window of the one before. */
  count(username: string, address: string): number {
    const doubt = this.pairs.get(keyOf(username, address));
    return doubt !== undefined && doubt.until > this.now() ? doubt.count : 0;
  }

  forget(username: string, address: string): void {
    this.pairs.delete(keyOf(username, address));
  }
}

function keyOf(username: string, address: string): string {
  return JSON.stringify([username.toLowerCase(), address]);
}
