import { randomUUID } from 'node:crypto';
import type { CatalogRepository, LocalRepository, StoredNames } from '#persistence/catalog.repository.js';
import type { InboxRepository, WaitingEvent } from '#persistence/inbox.repository.js';
import type { Lease, LeaseRepository, RepositoryKey } from '#persistence/lease.repository.js';
import { type EventHints, hintsOf } from './event-hints.js';
import { Gather } from '#persistence/gather.js';

/** A dead worker's repositories are free again after this many seconds; a living one renews in time. */
const LEASE_SECONDS = 15;
const RENEW_MS = 5_000;
/** Events that are taken at once, of one repository and of all that are claimed together. */
const MAX_EVENTS = 2_000;
const MAX_EVENTS_TOGETHER = 20_000;
/** From so many attempts on (more than the registry's absence alone makes) an event may be what fails the others. */
const SUSPICIOUS_ATTEMPTS = 5;
/** Many are in flight, and few are read at once: a claim that waits a little keeps nobody waiting. */
const TOGETHER = { most: 64, lanes: 1, wait: 20, several: 4 };

export interface ClaimRequest extends RepositoryKey {
  /** True: all of the repository is to be looked at, not only what events name. */
  whole: boolean;
}

/** A repository that is ours for a while, with what is known of it since it is. */
export interface Claim {
  lease: Lease;
  events: WaitingEvent[];
  hints: EventHints;
  /** What events name; null for a whole look of which they name nothing. */
  named: LocalRepository | null;
  /** For a whole look: what its names are compared with; null when nothing is stored. */
  names: StoredNames | null;
}

/** Takes repositories for reconciliation, those that are asked for at about the same time with the same few statements. */
export class Claims {
  private readonly gather = new Gather((requests: ClaimRequest[]) => this.takeAll(requests), TOGETHER);
  private readonly held = new Set<Lease>();
  private renewal: NodeJS.Timeout | null = null;

  constructor(
    private readonly leases: LeaseRepository,
    private readonly inbox: InboxRepository,
    private readonly catalog: CatalogRepository,
  ) {}

  /** Takes the repository and keeps it until {@link end}, or returns null while somebody else has it. */
  async take(request: ClaimRequest): Promise<Claim | null> {
    const claim = await this.gather.do(request);
    if (claim) this.keep(claim.lease);
    return claim;
  }

  /** Renews a claim no more: it was settled, or is to be given back by {@link release}. */
  end(lease: Lease): void {
    this.held.delete(lease);
    if (this.held.size > 0 || this.renewal === null) return;
    clearInterval(this.renewal);
    this.renewal = null;
  }

  /** Gives a repository back without having applied anything. */
  async release(lease: Lease): Promise<void> {
    this.end(lease);
    await this.leases.release(lease);
  }

  private keep(lease: Lease): void {
    this.held.add(lease);
    this.renewal ??= setInterval(() => {
      this.leases.renewAll([...this.held], LEASE_SECONDS).catch(() => undefined);
    }, RENEW_MS);
  }

  /** What is loaded after the leases were taken can not be older than what their last holders wrote. */
  private async takeAll(requests: ClaimRequest[]): Promise<(Claim | null)[]> {
    // No holder comes twice: a lease that a crashed server forgot is not mistaken for a later one of this process.
    const leases = await this.leases.acquireAll(requests, randomUUID(), LEASE_SECONDS);
    const taken = requests.flatMap(({ whole }, i) => (leases[i] ? [{ lease: leases[i], whole }] : []));
    if (taken.length === 0) return requests.map(() => null);
    try {
      const claims = new Map((await this.load(taken)).map((claim) => [claim.lease, claim]));
      return leases.map((lease) => (lease ? claims.get(lease)! : null));
    } catch (error) {
      await this.leases.releaseAll(taken.map(({ lease }) => lease)).catch(() => undefined);
      throw error;
    }
  }

  private async load(taken: { lease: Lease; whole: boolean }[]): Promise<Claim[]> {
    const keys = taken.map(({ lease }) => lease);
    const events = (await this.inbox.waitingAll(keys, MAX_EVENTS, MAX_EVENTS_TOGETHER)).map(withoutSuspects);
    const hints = events.map(hintsOf);
    const [named, names] = [await this.loadNamed(taken, hints), await this.loadNames(taken)];
    return taken.map(({ lease }, i) => ({
      lease,
      events: events[i]!,
      hints: hints[i]!,
      named: named.get(lease) ?? null,
      names: names.get(lease) ?? null,
    }));
  }

  private async loadNamed(
    taken: { lease: Lease; whole: boolean }[],
    hints: EventHints[],
  ): Promise<Map<Lease, LocalRepository>> {
    const wanted = taken.flatMap(({ lease, whole }, i) => {
      const { registryId, fullName } = lease;
      const { tags, deletedDigests } = hints[i]!;
      // A whole look compares names by itself.
      const nothing = whole && tags.size + deletedDigests.size === 0;
      return nothing ? [] : [{ lease, registryId, fullName, names: [...tags.keys()], digests: [...deletedDigests] }];
    });
    if (wanted.length === 0) return new Map();
    const found = await this.catalog.loadNamed(wanted);
    return new Map(wanted.map(({ lease }, i) => [lease, found[i]!]));
  }

  private async loadNames(taken: { lease: Lease; whole: boolean }[]): Promise<Map<Lease, StoredNames | null>> {
    const wanted = taken.filter(({ whole }) => whole).map(({ lease }) => lease);
    if (wanted.length === 0) return new Map();
    const found = await this.catalog.storedNames(wanted);
    return new Map(wanted.map((lease, i) => [lease, found[i]!]));
  }
}

/** Those that failed often wait until the others are done, and are then looked at one by one. */
function withoutSuspects(events: WaitingEvent[]): WaitingEvent[] {
  const innocent = events.filter((event) => event.attempts < SUSPICIOUS_ATTEMPTS);
  return innocent.length > 0 ? innocent : events.slice(0, 1);
}
