import type { NamespaceFacts } from '#domain/policy/facts.js';
import type { ShownToken, TokenFacts, UserFacts } from '#persistence/token-facts.repository.js';

/** Entries kept: one per service and credential; beyond, the one that was confirmed longest ago goes. */
const MAX_ENTRIES = 10_000;
const MAX_NAMESPACES = 200;
/** Namespaces kept over all entries. */
const MAX_NAMESPACES_TOTAL = 100_000;

interface Entry {
  registryId: number;
  user: UserFacts | null;
  token: ShownToken | null;
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
  private namespacesTotal = 0;

  /** @param graceMs 0 switches it off */
  constructor(
    private readonly graceMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Entries, and namespaces over all entries, that are kept now. */
  get size(): { entries: number; namespaces: number } {
    return { entries: this.entries.size, namespaces: this.namespacesTotal };
  }

  /**
   * Keeps what the database answered for these namespaces; those that do not exist are kept as such. Only for who has
   * shown a credential, or has none: others could push out what is kept of somebody.
   *
   * @param at when the database was asked, milliseconds; what was confirmed later stays
   */
  remember(key: string, asked: readonly string[], facts: TokenFacts, at = this.now()): void {
    const { registryId, user, token } = facts;
    const former = this.entries.get(key);
    if (this.graceMs === 0 || registryId === null || (former?.confirmedAt ?? 0) > at) return;
    const known = former?.namespaces ?? new Map();
    this.forget(key);
    const namespaces = known.size + asked.length > MAX_NAMESPACES ? new Map() : known;
    for (const name of asked.slice(0, MAX_NAMESPACES)) {
      namespaces.set(name, { facts: facts.namespaces.get(name) ?? null, confirmedAt: at });
    }
    this.entries.set(key, { registryId, user, token, confirmedAt: at, namespaces });
    this.namespacesTotal += namespaces.size;
    while (this.entries.size > MAX_ENTRIES || this.namespacesTotal > MAX_NAMESPACES_TOTAL) {
      this.forget(this.entries.keys().next().value!);
    }
  }

  /**
   * Corrects what is kept, whoever asked: who was disabled, has a new password or lost a role keeps nothing of the old
   * right, and a token that was withdrawn is forgotten. Adds nothing.
   */
  correct(key: string, asked: readonly string[], facts: TokenFacts, at = this.now()): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    if (facts.registryId === null || (entry.user !== null && facts.user === null)) this.forget(key);
    else
      this.remember(
        key,
        asked.filter((name) => entry.namespaces.has(name)),
        facts,
        at,
      );
  }

  private forget(key: string): void {
    this.namespacesTotal -= this.entries.get(key)?.namespaces.size ?? 0;
    this.entries.delete(key);
  }

  /** What is known about a request, if all of it was confirmed within the grace; otherwise null. */
  recall(key: string, asked: readonly string[]): TokenFacts | null {
    const entry = this.entries.get(key);
    const oldest = this.now() - this.graceMs;
    if (this.graceMs === 0 || entry === undefined || entry.confirmedAt <= oldest) return null;
    if (entry.token?.expiresAt && entry.token.expiresAt.getTime() <= this.now()) return null;
    const namespaces = new Map<string, NamespaceFacts>();
    for (const name of asked) {
      const one = entry.namespaces.get(name);
      if (one === undefined || one.confirmedAt <= oldest) return null;
      if (one.facts !== null) namespaces.set(name, one.facts);
    }
    return { registryId: entry.registryId, user: entry.user, token: entry.token, namespaces, doubted: false };
  }
}
