/** `repository:tag` → digest. */
export type Tags = Map<string, string>;

interface Change {
  at: number;
  /** null: gone. */
  digest: string | null;
}

/** What each tag of the registry was at each time, and how far the catalog has followed it. */
export class TagHistory {
  private readonly changes = new Map<string, Change[]>();
  /** The earliest time at which the registry can have been as it was last shown. */
  private readonly shownAt = new Map<string, number>();

  note(held: Tags, at: number): void {
    for (const name of new Set([...this.changes.keys(), ...held.keys()])) {
      const changes = this.changes.get(name) ?? [{ at: 0, digest: null }];
      const digest = held.get(name) ?? null;
      if (changes.at(-1)!.digest !== digest) changes.push({ at, digest });
      this.changes.set(name, changes);
    }
  }

  /** Whether the tag was gone at any time from then on. */
  wasAbsent(name: string, since: number): boolean {
    return this.firstAs(name, null, since) !== null;
  }

  /** Notes what is shown now. False when the tag was so only before it was as it was shown last. */
  follow(name: string, digest: string | null): boolean {
    const at = this.firstAs(name, digest, this.shownAt.get(name) ?? 0);
    if (at !== null) this.shownAt.set(name, at);
    return at !== null;
  }

  /** The first time, not before the given one, at which the tag was so. */
  private firstAs(name: string, digest: string | null, since: number): number | null {
    const changes = this.changes.get(name) ?? [{ at: 0, digest: null }];
    for (const [i, change] of changes.entries()) {
      const end = changes[i + 1]?.at ?? Infinity;
      if (change.digest === digest && end > since) return Math.max(change.at, since);
    }
    return null;
  }
}
