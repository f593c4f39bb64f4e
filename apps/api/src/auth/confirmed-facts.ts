import type { NamespaceFacts } from '#domain/policy/facts.js';
import type { TokenFacts, UserFacts } from '#persistence/token-facts.repository.js';

/** Entries kept: one per service and credential; beyond, the one that was confirmed longest ago goes. */
const MAX_ENTRIES = 10_000;
const MAX_NAMESPACES = 200;

interface Entry {
  registryId: number;
  user: UserFacts | null;
  confirmedAt: number;
  namespaces: Map<string, { facts: NamespaceFacts | null; confirmedAt: number }>;
}

/**
 * What the database confirmed a short while ago, for the time in which it can not be reached (promise P6). Never
 * consulted while the database answers (promise P5), and never older than the grace.
 */
export class ConfirmedFacts {
  /** In the order of confirmation: the first key is the oldest. */
  private readonly entries = new Map<string, Entry>();

  /** @param graceMs 0 switches it off */
  constructor(
    private readonly graceMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Keeps what the database just answered for these namespaces; those that do not exist are kept as such. */
  remember(key: string, asked: readonly string[], facts: TokenFacts): void {
    if (this.graceMs === 0 || facts.registryId === null) return;
    const now = this.now();
    const known = this.entries.get(key)?.namespaces ?? new Map();
    const namespaces = known.size + asked.length > MAX_NAMESPACES ? new Map() : known;
    for (const name of asked.slice(0, MAX_NAMESPACES)) {
      namespaces.set(name, { facts: facts.namespaces.get(name) ?? null, confirmedAt: now });
    }
    this.entries.delete(key);
    this.entries.set(key, { registryId: facts.registryId, user: facts.user, confirmedAt: now, namespaces });
    if (this.entries.size > MAX_ENTRIES) this.entries.delete(this.entries.keys().next().value!);
  }

  /** What is known about a request, if all of it was confirmed within the grace; otherwise null. */
  recall(key: string, asked: readonly string[]): TokenFacts | null {
    const entry = this.entries.get(key);
    const oldest = this.now() - this.graceMs;
    if (this.graceMs === 0 || entry === undefined || entry.confirmedAt <= oldest) return null;
    const namespaces = new Map<string, NamespaceFacts>();
    for (const name of asked) {
      const one = entry.namespaces.get(name);
      if (one === undefined || one.confirmedAt <= oldest) return null;
      if (one.facts !== null) namespaces.set(name, one.facts);
    }
    return { registryId: entry.registryId, user: entry.user, namespaces };
  }
}
