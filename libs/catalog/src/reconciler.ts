import type { Registry } from '#domain/registry/registry.entity.js';
import { countsAgainstEquality, differencesOf } from '#domain/sync/differences.js';
import { isEmptyPlan, planSync } from '#domain/sync/plan-sync.js';
import { type CatalogRepository, hashNames } from '#persistence/catalog.repository.js';
import type { Database } from '#persistence/database.js';
import type { InboxRepository, WaitingEvent } from '#persistence/inbox.repository.js';
import type { LeaseRepository } from '#persistence/lease.repository.js';
import { traced } from '#platform/tracing/tracing.js';
import { RegistryError } from '#registry/errors.js';
import { Applier } from './applier.js';
import { type Claim, Claims } from './claims.js';
import { noteDeletedDigests } from './event-hints.js';
import {
  applicationOf,
  countChanges,
  isSilent,
  type Look,
  lookFacts,
  NOTHING,
  nothingNew,
  proofOf,
  type ReconcileResult,
  type SortedRemovals,
  splitRemovals,
  storedOf,
  type WholeLook,
} from './look.js';
import { listTags, readRepository, type TagNames, type WholeRequest } from './read-repository.js';
import { lookOn } from './look-on.js';
import type { ReconcileRecord } from './reconcile-record.js';
import type { RegistryClients } from './registry-clients.js';
import { sortEvents } from './sort-events.js';
import { Turns } from './turns.js';

/** Attempts for an event that fails here. One that the registry does not answer about is tried for ever. */
const MAX_ATTEMPTS = 10;
/** Repositories that are read at once when nothing else is said. */
const READERS = 4;

/** Manifests that are read by one look before they are stored, and names that it compares; some megabytes. */
const MOST_MANIFESTS = 2_000;
const MOST_NAMES = 5_000;

export interface ReconcilerOptions {
  concurrency?: number;
  mostManifests?: number;
  mostNames?: number;
  record: ReconcileRecord;
  adopter?: string | null;
}

/**
 * Makes the stored picture of one repository equal to what the registry says: takes its lease, reads the registry with
 * no transaction open, plans, and applies in a short transaction, only if the lease is still ours. Events are hints
 * about what to look at; duplicates, reordering and losses can not leave a wrong state behind.
 */
export class Reconciler {
  private readonly claims: Claims;
  private readonly applier: Applier;
  /** Apart, so that neither a sync nor a registry that hangs keeps the pushes of others from being seen. */
  private readonly turns = new Map<string, Turns>();
  private readonly concurrency: number;
  private readonly most: { manifests: number; names: number };
  private readonly record: ReconcileRecord;

  /**
   * `concurrency`: repositories of a registry that are read at once for events, and as many for syncs. `adopter`: the team
   * that gets namespaces which images are found in and nobody has made.
   */
  constructor(
    database: Database,
    leases: LeaseRepository,
    private readonly inbox: InboxRepository,
    private readonly catalog: CatalogRepository,
    private readonly clients: RegistryClients,
    {
      concurrency = READERS,
      mostManifests = MOST_MANIFESTS,
      mostNames = MOST_NAMES,
      record,
      adopter = null,
    }: ReconcilerOptions,
  ) {
    this.concurrency = concurrency;
    this.most = { manifests: mostManifests, names: mostNames };
    this.record = record;
    this.claims = new Claims(leases, inbox, catalog);
    this.applier = new Applier(database, leases, inbox, adopter);
  }

  /** Whether a registry is being read at this moment. */
  get isReading(): boolean {
    return [...this.turns.values()].some((turns) => turns.areInUse);
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
    const attributes = { 'portus.registry': registry.name, 'portus.repository': fullName };
    const look = (part: WholeLook | null) =>
      traced('reconcile', { attributes }, async (span) => {
        const result = await this.record.time(() => this.underLease(registry, fullName, part, signal));
        span?.set({ 'portus.outcome': result.outcome });
        return result;
      });
    return whole === null ? look(null) : lookOn(whole, look);
  }

  private async underLease(
    registry: Registry,
    fullName: string,
    whole: WholeLook | null,
    signal: AbortSignal | undefined,
  ): Promise<ReconcileResult> {
    const turns = this.turnsOf(registry, whole !== null);
    const claim = await turns.claim({ registryId: registry.id, fullName, whole: whole !== null });
    if (claim === 'busy' || claim === 'unchanged') return { outcome: claim, ...NOTHING };
    try {
      return await this.lookAndApply(registry, claim, whole, turns, signal);
    } catch (error) {
      await this.fail(claim, signal?.aborted || whole?.dryRun ? [] : claim.events, error);
      throw error;
    } finally {
      this.claims.end(claim.lease);
    }
  }

  private async lookAndApply(
    registry: Registry,
    claim: Claim,
    whole: WholeLook | null,
    turns: Turns,
    signal: AbortSignal | undefined,
  ): Promise<ReconcileResult> {
    const look = await turns.use(() => {
      signal?.throwIfAborted();
      return this.look(registry, claim, whole, signal);
    });
    const { reading, local } = look;
    const rules = { mayRemove: whole?.mayRemove ?? false, confirmBefore: whole?.confirmBefore ?? new Date(0) };
    const sorted = splitRemovals(planSync(reading, local.tags, claim.hints.tags, rules), claim.hints, whole);
    const outcome = whole?.dryRun ? await this.leaveAlone(claim) : await this.settle(claim, look, sorted, whole);
    if (outcome === 'stale') return { outcome, ...NOTHING };
    const differences = whole ? differencesOf(lookFacts(claim, look, sorted, whole)) : [];
    return {
      outcome,
      failures: reading.unanswered.size,
      differences,
      open: differences.filter(countsAgainstEquality).length,
      planned: sorted.planned,
      removed: sorted.removed,
      questions: reading.tags.size,
      changes: { ...countChanges(sorted.plan), unreadable: reading.unreadable.size },
      // A registry that answers nothing any more is not asked on.
      left:
        look.left === null || isSilent(reading)
          ? null
          : { after: look.left, ...proofOf(claim.lease, whole, reading, sorted.plan) },
    };
  }

  private turnsOf(registry: Registry, forSync: boolean): Turns {
    const key = `${registry.id} ${forSync}`;
    const known = this.turns.get(key) ?? new Turns(this.concurrency, this.claims);
    this.turns.set(key, known);
    return known;
  }

  private async leaveAlone({ lease }: Claim): Promise<'unchanged'> {
    await this.claims.release(lease);
    return 'unchanged';
  }

  private async settle(
    claim: Claim,
    look: Look,
    removals: SortedRemovals,
    whole: WholeLook | null,
  ): Promise<'applied' | 'unchanged' | 'stale'> {
    const { reading } = look;
    const sorted = sortEvents(claim.events, reading, look.local);
    const outcome = await this.applier.apply(applicationOf(claim, look, sorted, removals, whole));
    if (outcome === 'stale') return outcome;
    this.record.looked(sorted);
    await this.putBack(sorted.unanswered, [...reading.unanswered.values()][0]);
    await this.putBack(sorted.early, new Error('the registry does not show it yet'));
    const changed = !isEmptyPlan(removals.plan) || reading.manifests.length + reading.gone.length > 0;
    return changed ? 'applied' : 'unchanged';
  }

  private async look(
    registry: Registry,
    { lease, events, hints, named, names }: Claim,
    whole: WholeLook | null,
    signal: AbortSignal | undefined,
  ): Promise<Look> {
    const client = this.clients.of(registry);
    const listed: TagNames | null = whole ? await listTags(client, lease.fullName, signal) : null;
    const listing = listed?.names ?? null;
    const illegalNames = listed?.illegal ?? [];
    if (listing && names?.absent === 0 && !whole?.deep && events.length === 0 && hashNames(listing) === names.hash)
      return { reading: nothingNew(listing), local: { id: names.id, tags: [] }, illegalNames, left: null };
    const local = named ?? { id: names?.id ?? null, tags: [] };
    noteDeletedDigests(hints, local.tags);
    const all = whole && listing && (await this.compare(local.id, listing, whole));
    const request = {
      tags: new Set(hints.tags.keys()),
      digests: hints.pushedDigests,
      deletedDigests: hints.deletedDigests,
      all,
      readManifests: !whole?.dryRun,
      signal,
    };
    const stored = (digests: string[]) => this.catalog.storedManifests(local.id, digests);
    const known = new Map([...local.tags, ...storedOf(all)].map(({ name, digest }) => [name, digest]));
    const reading = await readRepository(client, lease.fullName, request, known, stored);
    const left = reading.cut ?? (all?.names.length === this.most.names ? all.names.at(-1)!.name : null);
    const tags = [...local.tags, ...storedOf(all).filter(({ name }) => reading.cut === null || name <= reading.cut)];
    return { reading, local: { id: local.id, tags }, illegalNames, left };
  }

  /** So much of a repository as one look is about. */
  private async compare(id: number | null, listing: ReadonlySet<string>, whole: WholeLook): Promise<WholeRequest> {
    const { deep, mayRemove, confirmBefore, rest } = whole;
    const after = rest?.after ?? '';
    const names = await this.catalog.compareNames(id, listing, { deep, after, limit: this.most.names });
    return { listing, deep, confirmBefore: mayRemove ? confirmBefore : null, names, after, most: this.most.manifests };
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

const idsOf = (events: WaitingEvent[]): string[] => events.map((event) => event.id);
