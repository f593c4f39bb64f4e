import { type Difference, type LookFacts } from '#domain/sync/differences.js';
import type { LocalTag, Plan } from '#domain/sync/plan-sync.js';
import { overtakenPushes } from '#domain/tag/overtaken-pushes.js';
import type { LocalRepository } from '#persistence/catalog.repository.js';
import type { Application } from './applier.js';
import type { Claim } from './claims.js';
import type { EventHints } from './event-hints.js';
import type { Reading, WholeRequest } from './read-repository.js';
import type { SortedEvents } from './sort-events.js';

/** A look at the whole repository, as a sync wants it. */
export interface WholeLook {
  deep: boolean;
  mayRemove: boolean;
  confirmBefore: Date;
  /** The run that looks: what it removes can be brought back by it. */
  runId: number;
  /** What of that which is twice proved absent, and was not announced, goes; anything else is only told. */
  removals: ReadonlySet<string>;
  /** Compares, and changes nothing. */
  dryRun: boolean;
  /** It goes on where another one ended. */
  rest?: Rest;
}

/** What is left of a large repository when a look has read as much as one may. */
export interface Rest {
  /** Names up to this one were compared. */
  after: string;
  /** Nothing among these was left different, or unanswered. */
  clean: boolean;
  /** When the first of the looks began. */
  since: Date;
}

export interface ReconcileResult {
  /** busy: somebody else holds the lease. stale: the lease was lost meanwhile; nothing was applied. */
  outcome: 'applied' | 'unchanged' | 'busy' | 'stale';
  /** Questions that the registry did not answer. */
  failures: number;
  /** What differed; of a look at the whole repository. */
  differences: Difference[];
  /** How many of these keep the repository from being equal, also where not all of them are told. */
  open: number;
  /** Tags that are twice proved absent and kept for the plan of the run. */
  planned: string[];
  /** Tags that were removed without an announcement. */
  removed: string[];
  /** Tags that were asked for by themselves. */
  questions: number;
  /** Tags by what happened to them; unreadable: of a kind that is not read here. */
  changes: { added: number; moved: number; removed: number; missing: number; unreadable: number };
  /** What the next look has to go on with; null: nothing. */
  left: Rest | null;
}

export const NOTHING: Omit<ReconcileResult, 'outcome'> = {
  failures: 0,
  differences: [],
  open: 0,
  planned: [],
  removed: [],
  questions: 0,
  changes: { added: 0, moved: 0, removed: 0, missing: 0, unreadable: 0 },
  left: null,
};

/** What a look found, and what is stored of it. */
export interface Look {
  reading: Reading;
  local: LocalRepository;
  illegalNames: string[];
  /** The name behind which the next look begins; null: there is nothing left. */
  left: string | null;
}

/** A look whose listing is what is stored, so that nothing else was asked. */
export function nothingNew(listing: ReadonlySet<string>): Reading {
  return {
    listing,
    tags: new Map(),
    manifests: [],
    gone: [],
    unanswered: new Map(),
    unreadable: new Map(),
    cut: null,
  };
}

/** Those of compared names that are stored. */
export function storedOf(all: Pick<WholeRequest, 'names'> | null): LocalTag[] {
  return (all?.names ?? []).flatMap(({ name, digest, absentSince }) =>
    digest === null ? [] : [{ name, digest, absentSince }],
  );
}

/** Whether the registry answered nothing of all that it was asked. */
export function isSilent({ unanswered, tags }: Reading): boolean {
  return unanswered.size > 0 && unanswered.size >= tags.size;
}

export function applicationOf(
  { lease }: Claim,
  { local, reading, left }: Look,
  events: SortedEvents,
  { plan, removed }: SortedRemovals,
  whole: WholeLook | null,
): Application {
  const stored = new Map(local.tags.map((tag) => [tag.name, tag.digest]));
  const { clean, since } = proofOf(lease, whole, reading, plan);
  const names = whole !== null && clean && left === null ? since : null;
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
      restorable: whole && removed.length > 0 ? { runId: whole.runId, names: removed } : null,
      proves: { names, digests: whole?.deep === true ? names : null },
    },
    done: events.done,
    ignored: events.unreadable,
    reason: [...reading.unreadable.values()][0]?.message ?? null,
  };
}

/** What a look and those that it goes on from say together. */
export function proofOf(
  { readAt }: Pick<Claim['lease'], 'readAt'>,
  whole: WholeLook | null,
  { unanswered }: Pick<Reading, 'unanswered'>,
  { lacking }: Plan,
): Omit<Rest, 'after'> {
  const { clean, since } = whole?.rest ?? { clean: true, since: readAt };
  return { clean: clean && unanswered.size === 0 && lacking.length === 0, since };
}

/** A plan, and what became of the removals in it that nobody announced. */
export interface SortedRemovals {
  plan: Plan;
  /** Kept for the plan of the run. */
  planned: string[];
  /** Gone. */
  removed: string[];
}

/** Announced removals are always followed; the others only when they may, and are told otherwise. */
export function splitRemovals(plan: Plan, { tags }: EventHints, whole: WholeLook | null): SortedRemovals {
  const unannounced = plan.remove.filter((name) => !tags.get(name)?.deleted);
  const mayGo = (name: string): boolean => whole !== null && !whole.dryRun && whole.removals.has(name);
  const removed = unannounced.filter(mayGo);
  const planned = unannounced.filter((name) => !mayGo(name));
  if (planned.length === 0) return { plan, planned, removed };
  const staying = new Set(planned);
  const remove = plan.remove.filter((name) => !staying.has(name));
  return { plan: { ...plan, remove, lacking: [...plan.lacking, ...planned] }, planned, removed };
}

export function lookFacts(
  { lease, hints }: Claim,
  { reading, local, illegalNames }: Look,
  { plan, planned }: SortedRemovals,
  { mayRemove, dryRun }: WholeLook,
): LookFacts {
  const { unanswered, unreadable } = reading;
  return {
    repository: lease.fullName,
    plan,
    planned: new Set(planned),
    local: local.tags,
    hints: hints.tags,
    unanswered,
    unreadable,
    illegalNames,
    mayRemove,
    dryRun,
  };
}

export function countChanges(plan: Plan): Omit<ReconcileResult['changes'], 'unreadable'> {
  const count = (change: string) => plan.set.filter((tag) => tag.change === change).length;
  return { added: count('new'), moved: count('moved'), removed: plan.remove.length, missing: plan.missing.length };
}
