import type { Difference } from '#domain/sync/differences.js';
import type { Batch, BatchResult } from '#persistence/sync-batches.repository.js';
import type { ReconcileResult } from './look.js';

/** A batch in a worker's hands, and what it has found so far. */
export class OpenBatch {
  readonly result: BatchResult = {
    failed: [],
    changes: {},
    planned: [],
    open: 0,
    differences: [],
  };
  private left: number;

  constructor(readonly batch: Batch) {
    this.left = batch.todo.length;
  }

  get finished(): boolean {
    return this.left === 0;
  }

  /** Adds a look that the registry answered, if only in part. `quiet`: what was repaired is not worth a note. */
  add(repository: string, look: ReconcileResult, quiet: boolean): void {
    this.left--;
    const failed = look.failures > 0 || look.outcome === 'busy' || look.outcome === 'stale';
    if (failed) this.result.failed.push(repository);
    if (look.outcome === 'busy' || look.outcome === 'stale')
      this.result.differences.push(unanswered(repository, 'it was being worked on all the time'));
    // What went by the plan is counted where it is kept: a worker may die between removing it and saying so.
    this.count({ ...look.changes, removed: look.changes.removed - look.removed.length });
    if (this.batch.kind === 'removing') return;
    // A look with gaps decides nothing about removals; the next one does.
    if (!failed && look.planned.length > 0) this.result.planned.push({ repository, tags: look.planned });
    const noted = look.differences.filter((one) => !quiet || one.state !== 'repaired');
    if (failed) this.result.differences.push(...noted.map(withoutPlan));
    else {
      // Of a look without gaps: a failed one is not equal for that alone, and is counted anew when it is repeated.
      this.result.open += look.open;
      this.result.differences.push(...noted);
    }
  }

  /** Adds a repository that could not be looked at. */
  addFailure(repository: string, reason: string): void {
    this.left--;
    this.result.failed.push(repository);
    this.result.differences.push(unanswered(repository, reason));
  }

  count(changes: Record<string, number>): void {
    for (const [kind, count] of Object.entries(changes))
      if (count > 0) this.result.changes[kind] = (this.result.changes[kind] ?? 0) + count;
  }
}

function withoutPlan(one: Difference): Difference {
  return one.state === 'planned' ? { ...one, state: 'open' } : one;
}

function unanswered(repository: string, reason: string): Difference {
  return {
    repository,
    tag: null,
    kind: 'unanswered',
    state: 'open',
    storedDigest: null,
    registryDigest: null,
    reason,
  };
}
