import type { Difference } from '#domain/sync/differences.js';
import type { ReconcileResult, WholeLook } from './look.js';

/**
 * Looks at a whole repository again and again until nothing of it is left: what one look reads, and holds in memory, has
 * its limit. Whatever ends it early, what was stored stays, and the next look goes on from there.
 */
export async function lookOn(
  first: WholeLook,
  look: (whole: WholeLook) => Promise<ReconcileResult>,
): Promise<ReconcileResult> {
  let whole = first;
  let result = await look(whole);
  while (result.left !== null) {
    // What is stored was asked for, unless that was left too.
    const afterDeep = result.left === 'names' && (whole.deep || whole.afterDeep === true);
    whole = { ...whole, deep: result.left === 'deep', afterDeep };
    result = merged(result, await look(whole));
  }
  return result;
}

/** What is still so is told by the later look; what the earlier one repaired, or could not read, by that. */
function merged(earlier: ReconcileResult, later: ReconcileResult): ReconcileResult {
  const differences = new Map<string, Difference>();
  const told = earlier.differences.filter(({ kind, state }) => state === 'repaired' || kind === 'unreadable');
  for (const one of [...told, ...later.differences]) differences.set(`${one.kind} ${one.tag}`, one);
  const sum = (kind: keyof ReconcileResult['changes']): number => earlier.changes[kind] + later.changes[kind];
  return {
    ...later,
    outcome: later.outcome === 'unchanged' ? earlier.outcome : later.outcome,
    differences: [...differences.values()],
    removed: [...earlier.removed, ...later.removed],
    questions: earlier.questions + later.questions,
    changes: {
      added: sum('added'),
      moved: sum('moved'),
      removed: sum('removed'),
      missing: sum('missing'),
      unreadable: Math.max(earlier.changes.unreadable, later.changes.unreadable),
    },
  };
}
