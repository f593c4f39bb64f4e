/** What the registry answered when asked for one tag directly. unknown: it gave no usable answer. */
export type RemoteTag = { state: 'present'; digest: string } | { state: 'absent' } | { state: 'unknown' };

/** What was read of a repository. A failed listing is null, never empty. */
export interface RemoteView {
  /** Names of a complete listing; empty also when the registry says by code that it has no such repository. */
  listing: ReadonlySet<string> | null;
  /** Tags that were asked for by themselves. */
  tags: ReadonlyMap<string, RemoteTag>;
}

export interface LocalTag {
  name: string;
  digest: string;
  absentSince: Date | null;
}

/** What notifications told about a tag; only a hint, never evidence by itself. */
export interface TagHint {
  pushes: { digest: string | null; actor: string | null }[];
  deleted: boolean;
}

export interface PlanRules {
  /** Whether a sync may remove; a delete that was announced and proved is always applied. */
  mayRemove: boolean;
  /** An absence that was first seen at this time or before is old enough to be confirmed. */
  confirmBefore: Date;
}

/** A tag that gets a digest; `actor` is known only from a notification of that very digest. */
export interface SetTag {
  name: string;
  digest: string;
  actor: string | null;
  change: 'new' | 'moved' | 'pushed-again';
}

export interface Plan {
  set: SetTag[];
  /** Seen absent for the first time. */
  missing: string[];
  /** Stored, not in the complete listing, and kept: while there are any, the catalog is not equal. */
  lacking: string[];
  /** Seen again. */
  seen: string[];
  remove: string[];
}

/**
 * The difference between what the registry holds and what is stored, as changes to make. Pure.
 *
 * Removal needs two proofs (promise P3): the direct question was answered "absent" with a registry error code, and a
 * complete listing lacks the name. Both count for removal only when a delete was announced, or when the absence was
 * already seen long enough ago and the strategy may remove. Without a complete listing nothing is missing.
 */
export function planSync(
  remote: RemoteView,
  local: readonly LocalTag[],
  hints: ReadonlyMap<string, TagHint>,
  rules: PlanRules,
): Plan {
  const plan: Plan = { set: [], missing: [], lacking: [], seen: [], remove: [] };
  const stored = new Map(local.map((tag) => [tag.name, tag]));
  for (const name of new Set([...stored.keys(), ...remote.tags.keys()])) {
    const asked = remote.tags.get(name);
    const mine = stored.get(name);
    if (asked?.state === 'present') planPresent(name, asked.digest, mine, hints.get(name), plan);
    else if (asked?.state === 'unknown' || mine === undefined) continue;
    else planDoubtful(mine, asked?.state === 'absent', remote.listing, hints.get(name), rules, plan);
  }
  return plan;
}

function planPresent(
  name: string,
  digest: string,
  mine: LocalTag | undefined,
  hint: TagHint | undefined,
  plan: Plan,
): void {
  const push = hint?.pushes.findLast((one) => one.digest === digest);
  const actor = push?.actor ?? null;
  if (mine === undefined) plan.set.push({ name, digest, actor, change: 'new' });
  else if (mine.digest !== digest) plan.set.push({ name, digest, actor, change: 'moved' });
  else if (push) plan.set.push({ name, digest, actor, change: 'pushed-again' });
  if (mine?.absentSince) plan.seen.push(name);
}

/** A stored tag that was answered "absent", or was not asked for by itself. */
function planDoubtful(
  mine: LocalTag,
  deniedDirectly: boolean,
  listing: ReadonlySet<string> | null,
  hint: TagHint | undefined,
  rules: PlanRules,
  plan: Plan,
): void {
  if (listing === null) return;
  if (listing.has(mine.name)) {
    // Listed but answered absent: a race. The next look decides.
    if (mine.absentSince && !deniedDirectly) plan.seen.push(mine.name);
    return;
  }
  const confirmed = mine.absentSince !== null && mine.absentSince <= rules.confirmBefore;
  if (deniedDirectly && (hint?.deleted || (rules.mayRemove && confirmed))) {
    plan.remove.push(mine.name);
    return;
  }
  plan.lacking.push(mine.name);
  if (mine.absentSince === null) plan.missing.push(mine.name);
}

/** True when applying the plan would change nothing. */
export function isEmptyPlan(plan: Plan): boolean {
  return plan.set.length + plan.missing.length + plan.seen.length + plan.remove.length === 0;
}
