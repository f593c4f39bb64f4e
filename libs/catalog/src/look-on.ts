import type { Difference } from '#domain/sync/differences.js';
import type { ReconcileResult, WholeLook } from './look.js';

/** Differences of one repository that are told; their number is exact all the same. As many as a run writes down. */
const MOST_TOLD = 10_000;

/**
 * Looks at a whole repository again and again, by name, until nothing of it is left: what one look reads, and holds in
 * memory, has its limit. Whatever ends it early, what was stored stays.
 */
export async function lookOn(
  first: WholeLook,
  look: (whole: WholeLook) => Promise<ReconcileResult>,
): Promise<ReconcileResult> {
  let result = await look(first);
  while (result.left !== null) result = merged(result, await look({ ...first, rest: result.left }));
  return result;
}

/** Looks at different names say different things; a notification may have had both ask for the same tag. */
function merged(earlier: ReconcileResult, later: ReconcileResult): ReconcileResult {
  const differences = new Map<string, Difference>();
  for (const one of [...earlier.differences, ...later.differences]) {
    const key = `${one.kind} ${one.tag}`;
    if (differences.size < MOST_TOLD || differences.has(key)) differences.set(key, one);
  }
  const sum = (kind: keyof ReconcileResult['changes']): number => earlier.changes[kind] + later.changes[kind];
  return {
    outcome: later.outcome === 'unchanged' ? earlier.outcome : later.outcome,
    failures: earlier.failures + later.failures,
    differences: [...differences.values()],
    open: earlier.open + later.open,
    planned: [...new Set([...earlier.planned, ...later.planned])],
    removed: [...earlier.removed, ...later.removed],
    questions: earlier.questions + later.questions,
    changes: {
      added: sum('added'),
      moved: sum('moved'),
      removed: sum('removed'),
      missing: sum('missing'),
      unreadable: sum('unreadable'),
    },
    left: later.left,
  };
}
