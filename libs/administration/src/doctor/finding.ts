/** ok; warning: it works, and somebody should look; wrong: it does not work; skipped: it could not be looked at. */
export type FindingState = 'ok' | 'warning' | 'wrong' | 'skipped';

/** What one check found. */
export interface Finding {
  /** Stable; scripts look for it. */
  check: string;
  /** `portus`, or the name of a registry. */
  about: string;
  state: FindingState;
  message: string;
  /** The line to change, and where; null: nothing is to be changed. */
  change: string | null;
}

/** Makes the findings about one thing. */
export class Findings {
  readonly list: Finding[] = [];

  constructor(private readonly about: string) {}

  ok(check: string, message: string): void {
    this.add(check, 'ok', message, null);
  }

  warn(check: string, message: string, change: string | null = null): void {
    this.add(check, 'warning', message, change);
  }

  wrong(check: string, message: string, change: string): void {
    this.add(check, 'wrong', message, change);
  }

  skip(check: string, message: string): void {
    this.add(check, 'skipped', message, null);
  }

  private add(check: string, state: FindingState, message: string, change: string | null): void {
    this.list.push({ check, about: this.about, state, message, change });
  }
}
