import type { Scanner } from './scanner.js';

/** The scanners of this process, by name; none where none is configured. */
export class Scanners {
  private readonly byName: ReadonlyMap<string, Scanner>;

  /** Throws where two would give their verdicts under one name. */
  constructor(readonly all: readonly Scanner[]) {
    this.byName = new Map(all.map((scanner) => [scanner.name, scanner]));
    if (this.byName.size !== all.length) throw new Error('two scanners have the same name');
  }

  find(name: string): Scanner | null {
    return this.byName.get(name) ?? null;
  }
}
