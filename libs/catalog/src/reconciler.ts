import { randomUUID } from 'node:crypto';
import type { Registry } from '#domain/registry/registry.entity.js';
import { isEmptyPlan, planSync, type Plan, type TagHint } from '#domain/sync/plan-sync.js';
import { overtakenPushes } from '#domain/tag/overtaken-pushes.js';
import { applyChange } from '#persistence/apply-change.js';
import type { CatalogRepository, LocalRepository } from '#persistence/catalog.repository.js';
import type { Database } from '#persistence/database.js';
import type { InboxRepository, WaitingEvent } from '#persistence/inbox.repository.js';
import { type Lease, type LeaseRepository, StaleLeaseError } from '#persistence/lease.repository.js';
import { RegistryError } from '#registry/errors.js';
import { earlyEvents } from './early-events.js';
import { type EventHints, hintsOf } from './event-hints.js';
import { type Reading, readRepository } from './read-repository.js';
import type { RegistryClients } from './registry-clients.js';

/** A dead worker's repositories are free again after this many seconds; a living one renews in time. */
const LEASE_SECONDS = 15;
const RENEW_MS = 5_000;
/** Events of one repository that are taken at once. */
const MAX_EVENTS = 2_000;
/** Attempts for an event that fails here. One that the registry does not answer about is tried for ever. */
const MAX_ATTEMPTS = 10;
/** From so many attempts on (more than the registry's absence alone makes) an event may be what fails the others. */
const SUSPICIOUS_ATTEMPTS = 5;

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

/**
 * Makes the stored picture of one repository equal to what the registry says: takes its lease, reads the registry with
 * no transaction open, plans, and applies in one short transaction, only if the lease is still ours. Events are hints
 * about what to look at; duplicates, reordering and losses can not leave a wrong state behind.
 */
export class Reconciler {
  private readonly holder = randomUUID();

  constructor(
    private readonly database: Database,
    private readonly leases: LeaseRepository,
    private readonly inbox: InboxRepository,
    private readonly catalog: CatalogRepository,
    private readonly clients: RegistryClients,
  ) {}

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
    const lease = await this.leases.acquire(registry.id, fullName, this.holder, LEASE_SECONDS);
    if (lease === null) return { outcome: 'busy', failures: 0, lacking: 0, changes: NOTHING };
    const renewal = setInterval(() => void this.leases.renew(lease, LEASE_SECONDS).catch(() => undefined), RENEW_MS);
    let events: WaitingEvent[] = [];
    try {
      events = withoutSuspects(await this.inbox.waiting(registry.id, fullName, MAX_EVENTS));
      if (events.length === 0 && whole === null) {
        await this.leases.release(lease);
        return { outcome: 'unchanged', failures: 0, lacking: 0, changes: NOTHING };
      }
      return await this.lookAndApply(registry, lease, events, whole, signal);
    } catch (error) {
      if (error instanceof StaleLeaseError) return { outcome: 'stale', failures: 0, lacking: 0, changes: NOTHING };
      await this.fail(lease, signal?.aborted ? [] : events, error);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  private async lookAndApply(
    registry: Registry,
    lease: Lease,
    events: WaitingEvent[],
    whole: WholeLook | null,
    signal: AbortSignal | undefined,
  ): Promise<ReconcileResult> {
    const hints = hintsOf(events);
    const local = await this.loadLocal(registry.id, lease.fullName, hints, whole);
    noteDeletedDigests(hints, local);
    const reading = await readRepository(
      this.clients.of(registry),
      lease.fullName,
      {
        tags: new Set(hints.tags.keys()),
        digests: hints.pushedDigests,
        deletedDigests: hints.deletedDigests,
        all: whole && { deep: whole.deep, confirmBefore: whole.mayRemove ? whole.confirmBefore : null },
        signal,
      },
      local,
      (digests) => this.catalog.storedManifests(local.id, digests),
    );
    const rules = { mayRemove: whole?.mayRemove ?? false, confirmBefore: whole?.confirmBefore ?? new Date(0) };
    const plan = limitRemovals(planSync(reading, local.tags, hints.tags, rules), hints.tags, whole);
    const sorted = sortEvents(events, reading, local);
    await this.apply(lease, local, sorted, plan, reading, whole);
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

  private async loadLocal(
    registryId: number,
    fullName: string,
    hints: EventHints,
    whole: WholeLook | null,
  ): Promise<LocalRepository> {
    const only = whole ? null : { names: [...hints.tags.keys()], digests: [...hints.deletedDigests] };
    return this.catalog.load(registryId, fullName, only);
  }

  private async apply(
    lease: Lease,
    local: LocalRepository,
    events: SortedEvents,
    plan: Plan,
    reading: Reading,
    whole: WholeLook | null,
  ): Promise<void> {
    const stored = new Map(local.tags.map((tag) => [tag.name, tag.digest]));
    const names = whole !== null && reading.unanswered.size === 0 && plan.lacking.length === 0;
    await this.database.transaction(async (sql) => {
      await this.leases.settle(sql, lease);
      await applyChange(sql, lease.registryId, lease.fullName, {
        repositoryId: local.id,
        plan,
        manifests: reading.manifests,
        gone: reading.gone,
        overtaken: overtakenPushes(events.done, reading, (name) => stored.get(name) ?? null),
        learnedFrom: whole ? 'sync' : 'event',
        proves: { names, digests: names && whole.deep },
      });
      await this.inbox.finish(sql, idsOf(events.done), 'done', null);
      const reason = [...reading.unreadable.values()][0]?.message ?? null;
      await this.inbox.finish(sql, idsOf(events.unreadable), 'ignored', reason);
    });
  }

  /** Best effort: when the database is away, the events keep their state and the lease runs out. */
  private async fail(lease: Lease, events: WaitingEvent[], error: unknown): Promise<void> {
    await this.putBack(events, error).catch(() => 0);
    await this.leases.release(lease).catch(() => undefined);
  }

  private async putBack(events: WaitingEvent[], error: unknown): Promise<number> {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return this.inbox.postpone(idsOf(events), reason, error instanceof RegistryError ? null : MAX_ATTEMPTS);
  }
}

interface SortedEvents {
  done: WaitingEvent[];
  /** Announced, and not there yet. */
  early: WaitingEvent[];
  unanswered: WaitingEvent[];
  unreadable: WaitingEvent[];
}

const idsOf = (events: WaitingEvent[]): string[] => events.map((event) => event.id);

/** Those that failed often wait until the others are done, and are then looked at one by one. */
function withoutSuspects(events: WaitingEvent[]): WaitingEvent[] {
  const innocent = events.filter((event) => event.attempts < SUSPICIOUS_ATTEMPTS);
  return innocent.length > 0 ? innocent : events.slice(0, 1);
}

/** By what became of the tag or the digest that each of them names. */
function sortEvents(events: WaitingEvent[], reading: Reading, local: LocalRepository): SortedEvents {
  const sorted: SortedEvents = { done: [], early: [], unanswered: [], unreadable: [] };
  const taggedWith = (digest: string | null): string[] =>
    local.tags.filter((tag) => tag.digest === digest).map((tag) => tag.name);
  const early = new Set(earlyEvents(events, reading, taggedWith));
  for (const event of events) {
    const tagged = event.action === 'delete' ? taggedWith(event.digest) : [];
    const named = event.tag === null ? [event.digest ?? '', ...tagged] : [event.tag];
    if (named.some((one) => reading.unanswered.has(one))) sorted.unanswered.push(event);
    else if (named.some((one) => reading.unreadable.has(one))) sorted.unreadable.push(event);
    else if (early.has(event)) sorted.early.push(event);
    else sorted.done.push(event);
  }
  return sorted;
}

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
