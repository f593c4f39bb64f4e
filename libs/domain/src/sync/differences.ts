import type { LocalTag, Plan, TagHint } from './plan-sync.js';

/**
 * not_stored: the registry has a tag that the catalog lacks. other_digest: both have it, with different digests.
 * not_in_registry: the catalog has a tag that the registry does not list. unanswered: the registry gave no usable answer.
 * unreadable: of a kind that is not read here, such as schema 1. illegal_name: a listed name that is none.
 */
export const DIFFERENCE_KINDS = [
  'not_stored',
  'other_digest',
  'not_in_registry',
  'unanswered',
  'unreadable',
  'illegal_name',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** planned: may be removed, if the whole plan may. open: still differs. repaired, removed: does not differ any more. */
export const DIFFERENCE_STATES = ['open', 'planned', 'repaired', 'removed'] as const;
export type DifferenceState = (typeof DIFFERENCE_STATES)[number];

export interface Difference {
  repository: string;
  /** null: the whole repository. */
  tag: string | null;
  kind: DifferenceKind;
  state: DifferenceState;
  storedDigest: string | null;
  registryDigest: string | null;
  reason: string;
}

/** What one look at a repository found, as far as its differences are concerned. */
export interface LookFacts {
  repository: string;
  plan: Plan;
  /** Of `plan.lacking`: twice proved absent, to be removed if the whole plan may. */
  planned: ReadonlySet<string>;
  local: readonly LocalTag[];
  hints: ReadonlyMap<string, TagHint>;
  unanswered: ReadonlyMap<string, { message: string }>;
  unreadable: ReadonlyMap<string, { message: string }>;
  illegalNames: readonly string[];
  mayRemove: boolean;
  /** Nothing was changed. */
  dryRun: boolean;
}

/** What differs, and why, in words for people. Pure. */
export function differencesOf(look: LookFacts): Difference[] {
  const stored = new Map(look.local.map((tag) => [tag.name, tag]));
  const make = (tag: string, kind: DifferenceKind, reason: string, more: Partial<Difference> = {}): Difference => ({
    repository: look.repository,
    tag,
    kind,
    state: 'open',
    storedDigest: stored.get(tag)?.digest ?? null,
    registryDigest: null,
    reason,
    ...more,
  });
  const changed = look.plan.set.filter((tag) => tag.change !== 'pushed-again');
  return [
    ...changed.map((tag) =>
      make(tag.name, tag.change === 'new' ? 'not_stored' : 'other_digest', reasonOfChange(look, tag.name), {
        registryDigest: tag.digest,
        state: look.dryRun ? 'open' : 'repaired',
      }),
    ),
    ...look.plan.lacking.map((name) =>
      make(name, 'not_in_registry', reasonOfAbsence(look, stored.get(name), name), {
        state: look.planned.has(name) ? 'planned' : 'open',
      }),
    ),
    ...look.plan.remove.map((name) =>
      make(name, 'not_in_registry', 'its deletion was announced, or confirmed', {
        state: look.dryRun ? 'open' : 'removed',
      }),
    ),
    ...[...look.unanswered].map(([name, error]) => make(name, 'unanswered', error.message)),
    ...[...look.unreadable].map(([name, error]) => make(name, 'unreadable', error.message)),
    ...look.illegalNames.map((name) => make(name, 'illegal_name', 'the registry lists a tag whose name is none')),
  ];
}

/** Whether a difference keeps the catalog from being called equal. What can not be read here, never will be. */
export function countsAgainstEquality(one: Pick<Difference, 'kind' | 'state'>): boolean {
  return one.kind !== 'unreadable' && (one.state === 'open' || one.state === 'planned');
}

function reasonOfChange(look: LookFacts, name: string): string {
  return look.hints.has(name)
    ? 'a notification about it waited to be handled'
    : 'no notification about it was received';
}

function reasonOfAbsence(look: LookFacts, tag: LocalTag | undefined, name: string): string {
  if (look.planned.has(name)) return `not listed and denied, first missed at ${tag?.absentSince?.toISOString()}`;
  if (!look.mayRemove) return 'not listed; the strategy removes nothing';
  return tag?.absentSince ? 'not listed; to be confirmed' : 'not listed, for the first time; to be confirmed';
}
