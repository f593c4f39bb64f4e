import { z } from 'zod';
import { DIFFERENCE_KINDS, DIFFERENCE_STATES } from '#domain/sync/differences.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { isEqual } from '#domain/sync/is-equal.js';
import { progressOf } from '#domain/sync/progress.js';
import { SYNC_MODES, SYNC_STRATEGIES } from '#domain/sync/strategy.js';
import { SYNC_STAGES, SYNC_STATES } from '#domain/sync/sync-run.entity.js';
import type { DifferenceRow, Found } from '#persistence/sync-differences.repository.js';
import type { RunView } from '#persistence/sync-plans.repository.js';

const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);

/** Without a strategy the registry's own, or the configured one; only one that is named may remove more than that. */
export const syncOrder = z
  .object({
    mode: z.enum(SYNC_MODES).default('deep'),
    strategy: z.enum(['update', 'update-delete']).optional(),
    dry_run: flag.default(false),
  })
  .nullish()
  .transform((order) => order ?? { mode: 'deep' as const, dry_run: false })
  .meta({ id: 'SyncOrder' });
export type SyncOrder = z.output<typeof syncOrder>;

const PLAN_SHOWN = 100;

/** What differs between catalog and registry, as far as the newest finished runs know. */
export interface Drift {
  registry: Registry;
  latest: RunView | null;
  deep: RunView | null;
  found: Found;
}

export const differenceView = z
  .object({
    repository: z.string(),
    tag: z.string().nullable(),
    kind: z.enum(DIFFERENCE_KINDS),
    state: z.enum(DIFFERENCE_STATES),
    stored_digest: z.string().nullable(),
    registry_digest: z.string().nullable(),
    reason: z.string(),
    found_at: z.string(),
    run_id: z.number(),
  })
  .meta({ id: 'Difference' });

export const runView = z
  .object({
    id: z.number(),
    registry_id: z.number(),
    reason: z.string(),
    mode: z.enum(SYNC_MODES),
    strategy: z.enum(SYNC_STRATEGIES),
    dry_run: z.boolean(),
    state: z.enum(SYNC_STATES),
    stage: z.enum(SYNC_STAGES),
    outcome: z.string().nullable(),
    progress: z.object({
      done: z.number(),
      total: z.number(),
      total_is_final: z.boolean(),
      failed: z.number(),
      rate: z.number().nullable(),
      eta: z.number().nullable(),
    }),
    changes: z.record(z.string(), z.number()),
    removals: z.object({
      planned: z.number(),
      missing_repositories: z.number(),
      approved_by: z.string().nullable(),
      approved_at: z.string().nullable(),
      restorable: z.number(),
    }),
    differences: z.object({ open: z.number(), recorded: z.number() }),
    requested_by: z.string().nullable(),
    created_at: z.string(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
  })
  .meta({ id: 'SyncRun' });

/** One run with what its plan would remove; the first of it when it is long. */
export const runWithPlanView = runView
  .extend({ plan: z.array(differenceView).max(PLAN_SHOWN) })
  .meta({ id: 'SyncRunWithPlan' });

export const driftView = z
  .object({
    equal: z.boolean(),
    run_id: z.number().nullable(),
    as_of: z.string().nullable(),
    deep_run_id: z.number().nullable(),
    names_equal_at: z.string().nullable(),
    digests_equal_at: z.string().nullable(),
    unread_repositories: z.number(),
    unrecorded: z.number(),
    total: z.number(),
    differences: z.array(differenceView),
  })
  .meta({ id: 'Drift' });

export function viewDifference(row: DifferenceRow): z.output<typeof differenceView> {
  return {
    repository: row.repository,
    tag: row.tag,
    kind: row.kind,
    state: row.state,
    stored_digest: row.storedDigest,
    registry_digest: row.registryDigest,
    reason: row.reason,
    found_at: row.foundAt.toISOString(),
    run_id: row.runId,
  };
}

export function viewRun(run: RunView): z.output<typeof runView> {
  const complete = run.stage !== 'listing';
  return {
    id: run.id,
    registry_id: run.registryId,
    reason: run.slot.split(':')[0] ?? run.slot,
    mode: run.mode,
    strategy: run.strategy,
    dry_run: run.dryRun,
    state: run.state,
    stage: run.stage,
    outcome: run.outcome,
    progress: { ...progressOf({ ...run, complete }), failed: run.failed },
    changes: run.changes,
    removals: {
      planned: run.planned,
      missing_repositories: run.missing,
      approved_by: run.approvedBy,
      approved_at: run.approvedAt?.toISOString() ?? null,
      restorable: run.restorable,
    },
    differences: { open: run.open, recorded: run.recorded },
    requested_by: run.requestedBy,
    created_at: run.createdAt.toISOString(),
    started_at: run.startedAt?.toISOString() ?? null,
    finished_at: run.finishedAt?.toISOString() ?? null,
  };
}

export function viewRunWithPlan(run: RunView, plan: DifferenceRow[]): z.output<typeof runWithPlanView> {
  return { ...viewRun(run), plan: plan.slice(0, PLAN_SHOWN).map(viewDifference) };
}

export function viewDrift({ registry, latest, deep, found }: Drift): z.output<typeof driftView> {
  return {
    equal: isEqual({ latest, deep }, found),
    run_id: latest?.id ?? null,
    as_of: latest?.startedAt?.toISOString() ?? null,
    deep_run_id: deep?.id ?? null,
    names_equal_at: registry.namesEqualAt?.toISOString() ?? null,
    digests_equal_at: registry.digestsEqualAt?.toISOString() ?? null,
    unread_repositories: latest?.failed ?? 0,
    unrecorded: found.unrecorded,
    total: found.total ?? 0,
    differences: found.items.map(viewDifference),
  };
}
