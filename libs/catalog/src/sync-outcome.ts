import type { ClaimedRun, RunCounts } from '#persistence/sync-runs.repository.js';

/** Runs that nobody would repeat: the import, the one at a start, and what repairs a loss. They are tried until whole. */
export function mustBeWhole(run: ClaimedRun): boolean {
  return /^(?:initial$|on-start:|instance:|repair:)/.test(run.slot);
}

/** What a run came to, for people. `hold`: why nothing was removed. */
export function outcomeOf(run: ClaimedRun, counts: RunCounts, hold: string | null): string {
  const changed = Object.entries(counts.changes).map(([kind, count]) => `${kind} ${count}`);
  const parts = [`${counts.done} of ${counts.listed + counts.missing} repositories looked at`];
  if (run.dryRun) parts.push('nothing was changed');
  if (changed.length > 0) parts.push(`${run.dryRun ? 'would be ' : ''}${changed.join(', ')}`);
  if (run.dryRun && counts.planned > 0) parts.push(`${counts.planned} tags would be removed`);
  if (counts.failed > 0) parts.push(`${counts.failed} could not be read`);
  if (hold !== null) parts.push(hold);
  return parts.join('; ');
}
