import type { Registry } from '#domain/registry/registry.entity.js';
import { isEmptyPlan, planSync, type Plan, type TagHint } from '#domain/sync/plan-sync.js';
import { overtakenPushes } from '#domain/tag/overtaken-pushes.js';
import { type CatalogRepository, hashNames, type LocalRepository } from '#persistence/catalog.repository.js';
import type { Database } from '#persistence/database.js';
import type { InboxRepository, WaitingEvent } from '#persistence/inbox.repository.js';
import type { LeaseRepository } from '#persistence/lease.repository.js';
import { RegistryError } from '#registry/errors.js';
import { Applier, type Application } from './applier.js';
import { type Claim, Claims } from './claims.js';
import type { EventHints } from './event-hints.js';
import { listTags, type Reading, readRepository } from './read-repository.js';
import type { ReconcileRecord } from './reconcile-record.js';
import type { RegistryClients } from './registry-clients.js';
import { Slots } from './slots.js';
import { type SortedEvents, sortEvents } from './sort-events.js';

/** Attempts for an event that fails here. One that the registry does not answer about is tried for ever. */
const MAX_ATTEMPTS = 10;
/** Repositories that are read at once when nothing else is said. */
const READERS = 4;

/**
 * How many repositories are worth being handed over at once: those that wait for their reading are claimed, and those
 * that were read are applied, many with one statement.
 */
export const IN_FLIGHT = 64;

/** A look at the whole repository, as a sync wants it. */
export interface WholeLook {
  deep: boolean;
  mayRemove: boolean;
  confirmBefore: Date;
  /** Asked before tags are removed without an announcement; false keeps them. */
  allowRemovals: (count: number) => boolean;
}

export interface ReconcileResult {
  /** busy: somebody else holds the lease. stale: the lease was lost meanwhile; nothing was applied. */
  outcome: 'applied' | 'unchanged' | 'busy' | 'stale';
  /** Questions that the registry did not answer. */
  failures: number;
  /** Stored tags that a complete listing lacks and that are still kept. */
  lacking: number;
  /** Tags by what happened to them; unreadable: of a kind that is not read here. */
  changes: { added: number; moved: number; removed: number; missing: number; unreadable: number };
}

const NOTHING = { added: 0, moved: 0, removed: 0, missing: 0, unreadable: 0 };

/** What a look found, and what is stored of it. */
interface Look {
  reading: Reading;
  local: LocalRepository;
}

/**
 * Makes the stored picture of one repository equal to what the registry says: takes its lease, reads the registry with
 * no transaction open, plans, and applies in a short transaction, only if the lease is still ours. Events are hints
 * about what to look at; duplicates, reordering and losses can not leave a wrong state behind.
 */
export class Reconciler {
  private readonly claims: Claims;
  private readonly applier: Applier;
  /** Apart, so that a sync does not keep pushes from being seen. */
  private readonly readers: { events: Slots; syncs: Slots };
  private readonly record: ReconcileRecord;

  /** `concurrency`: repositories that are read at once for events, and as many for syncs. */
  constructor(
    database: Database,
    leases: LeaseRepository,
    private readonly inbox: InboxRepository,
    private readonly catalog: CatalogRepository,
    private readonly clients: RegistryClients,
    { concurrency = READERS, record }: { concurrency?: number; record: ReconcileRecord },
  ) {
    this.record = record;
    this.claims = new Claims(leases, inbox, catalog);
    this.applier = new Applier(database, leases, inbox);
    this.readers = { events: new Slots(concurrency), syncs: new Slots(concurrency) };
  }

  /**
   * Reconciles one repository: what its waiting events name, and all of it when a whole look is asked for. Events whose
   * question was not answered are put back for a later attempt; so are all of them when the look fails as a whole,
   * which is thrown (RegistryError, or an error of the database).
   */
  async reconcile(
    registry: Registry,
    fullName: string,
    whole: WholeLook | null,
    signal?: AbortSignal,
  ): Promise<ReconcileResult> {
    return this.record.time(() => this.underLease(registry, fullName, whole, signal));
  }

  private async underLease(
    registry: Registry,
    fullName: string,
    whole: WholeLook | null,
    signal: AbortSignal | undefined,
  ): Promise<ReconcileResult> {
    const claim = await this.claims.take({ registryId: registry.id, fullName, whole: whole !== null });
    if (claim === null) return { outcome: 'busy', failures: 0, lacking: 0, changes: NOTHING };
    try {
      if (claim.events.length > 0 || whole !== null) return await this.lookAndApply(registry, claim, whole, signal);
      await this.claims.release(claim.lease);
      return { outcome: 'unchanged', failures: 0, lacking: 0, changes: NOTHING };
    } catch (error) {
      await this.fail(claim, signal?.aborted ? [] : claim.events, error);
      throw error;
    } finally {
      this.claims.end(claim.lease);
    }
  }

  private async lookAndApply(
    registry: Registry,
    claim: Claim,
    whole: WholeLook | null,
    signal: AbortSignal | undefined,
  ): Promise<ReconcileResult> {
    const { events, hints } = claim;
    const { reading, local } = await this.readers[whole ? 'syncs' : 'events'].run(() => {
      signal?.throwIfAborted();
      return this.look(registry, claim, whole, signal);
    });
    const rules = { mayRemove: whole?.mayRemove ?? false, confirmBefore: whole?.confirmBefore ?? new Date(0) };
    const plan = limitRemovals(planSync(reading, local.tags, hints.tags, rules), hints.tags, whole);
    const sorted = sortEvents(events, reading, local);
    const outcome = await this.applier.apply(applicationOf(claim, local, sorted, plan, reading, whole));
    if (outcome === 'stale') return { outcome, failures: 0, lacking: 0, changes: NOTHING };
    this.record.looked(sorted);
    await this.putBack(sorted.unanswered, [...reading.unanswered.values()][0]);
    await this.putBack(sorted.early, new Error('the registry does not show it yet'));
    const changed = !isEmptyPlan(plan) || reading.manifests.length + reading.gone.length > 0;
    return {
      outcome: changed ? 'applied' : 'unchanged',
      failures: reading.unanswered.size,
      lacking: plan.lacking.length,
      changes: { ...countChanges(plan), unreadable: reading.unreadable.size },
    };
  }

  private async look(
    registry: Registry,
    { lease, events, hints, named, names }: Claim,
    whole: WholeLook | null,
    signal: AbortSignal | undefined,
  ): Promise<Look> {
    const client = this.clients.of(registry);
    const listing = whole ? await listTags(client, lease.fullName, signal) : null;
    if (listing && names?.absent === 0 && !whole?.deep && events.length === 0 && hashNames(listing) === names.hash)
      return { reading: nothingNew(listing), local: { id: names.id, tags: [] } };
    const local = named ?? (await this.catalog.load(registry.id, lease.fullName));
    noteDeletedDigests(hints, local);
    const request = {
      tags: new Set(hints.tags.keys()),
      digests: hints.pushedDigests,
      deletedDigests: hints.deletedDigests,
      all: whole &&
        listing && { listing, deep: whole.deep, confirmBefore: whole.mayRemove ? whole.confirmBefore : null },
      signal,
    };
    const stored = (digests: string[]) => this.catalog.storedManifests(local.id, digests);
    return { reading: await readRepository(client, lease.fullName, request, local, stored), local };
  }

  /** Best effort: when the database is away, the events keep their state and the lease runs out. */
  private async fail({ lease }: Claim, events: WaitingEvent[], error: unknown): Promise<void> {
    await this.putBack(events, error).catch(() => 0);
    await this.claims.release(lease).catch(() => undefined);
  }

  private async putBack(events: WaitingEvent[], error: unknown): Promise<number> {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const dead = await this.inbox.postpone(idsOf(events), reason, error instanceof RegistryError ? null : MAX_ATTEMPTS);
    this.record.died(dead);
    return dead;
  }
}

/** A look whose listing is what is stored, so that nothing else was asked. */
function nothingNew(listing: ReadonlySet<string>): Reading {
  return { listing, tags: new Map(), manifests: [], gone: [], unanswered: new Map(), unreadable: new Map() };
}

function applicationOf(
  { lease }: Claim,
  local: LocalRepository,
  events: SortedEvents,
  plan: Plan,
  reading: Reading,
  whole: WholeLook | null,
): Application {
  const stored = new Map(local.tags.map((tag) => [tag.name, tag.digest]));
  const names = whole !== null && reading.unanswered.size === 0 && plan.lacking.length === 0;
  return {
    lease,
    change: {
      registryId: lease.registryId,
      fullName: lease.fullName,
      repositoryId: local.id,
      plan,
      manifests: reading.manifests,
      gone: reading.gone,
      overtaken: overtakenPushes(events.done, reading, (name) => stored.get(name) ?? null),
      learnedFrom: whole ? 'sync' : 'event',
      proves: { names, digests: names && whole.deep },
    },
    done: events.done,
    ignored: events.unreadable,
    reason: [...reading.unreadable.values()][0]?.message ?? null,
  };
}

const idsOf = (events: WaitingEvent[]): string[] => events.map((event) => event.id);

/** An announced digest concerns the stored tags that have it: they are asked for, and count as announced. */
function noteDeletedDigests(hints: EventHints, local: LocalRepository): void {
  for (const tag of local.tags) {
    if (!hints.deletedDigests.has(tag.digest)) continue;
    const hint: TagHint = hints.tags.get(tag.name) ?? { pushes: [], deleted: false };
    hint.deleted = true;
    hints.tags.set(tag.name, hint);
  }
}

function limitRemovals(plan: Plan, hints: ReadonlyMap<string, TagHint>, whole: WholeLook | null): Plan {
  const unannounced = plan.remove.filter((name) => !hints.get(name)?.deleted);
  if (unannounced.length === 0 || whole?.allowRemovals(unannounced.length)) return plan;
  const remove = plan.remove.filter((name) => hints.get(name)?.deleted);
  return { ...plan, remove, lacking: [...plan.lacking, ...unannounced] };
}

function countChanges(plan: Plan): Omit<ReconcileResult['changes'], 'unreadable'> {
  const count = (change: string) => plan.set.filter((tag) => tag.change === change).length;
  return { added: count('new'), moved: count('moved'), removed: plan.remove.length, missing: plan.missing.length };
}
