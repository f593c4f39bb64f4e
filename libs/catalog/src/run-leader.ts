import { storable } from '#domain/manifest/storable.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { reasonToHold, type RemovalLimits } from '#domain/sync/guard-removals.js';
import { progressOf } from '#domain/sync/progress.js';
import { mayRemove } from '#domain/sync/strategy.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import type { SyncBatchesRepository } from '#persistence/sync-batches.repository.js';
import type { SyncPlansRepository } from '#persistence/sync-plans.repository.js';
import type { ClaimedRun, RunCounts, SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { RegistryError } from '#registry/errors.js';
import type { BatchWorker, SyncLog } from './batch-worker.js';
import { LostRunError, type SyncLister } from './sync-lister.js';
import { mustBeWhole, outcomeOf } from './sync-outcome.js';

const LEASE_SECONDS = 30;
const LEAD_MS = 2_000;
/** Every so many of these the progress is logged. */
const LOG_EVERY = 5;
/** A run that must not be skipped is tried again after so many seconds. */
const RETRY_SECONDS = 15;

export interface LeadSettings extends RemovalLimits {
  confirmationSeconds: number;
}

export interface LeaderParts {
  runs: SyncRunsRepository;
  batches: SyncBatchesRepository;
  plans: SyncPlansRepository;
  registries: RegistriesRepository;
  lister: SyncLister;
  worker: BatchWorker;
}

/** Leads a run from its listing to its end: lists, works with the others, judges the plan, removes, and says how it was. */
export class RunLeader {
  constructor(
    private readonly parts: LeaderParts,
    private readonly settings: LeadSettings,
    private readonly log: SyncLog,
  ) {}

  async claim(holder: string): Promise<ClaimedRun | null> {
    return this.parts.runs.claim(holder, LEASE_SECONDS, this.settings.confirmationSeconds);
  }

  /** Returns when the run has ended, waits, or was given back. */
  async lead(run: ClaimedRun, holder: string, stopping: AbortSignal): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([stopping, lost.signal]);
    const timer = this.keepLead(run, holder, lost);
    try {
      const registry = await this.parts.registries.find(run.registryId);
      if (registry === null) throw new Error('the registry is gone');
      if (run.stage !== 'removing' && !run.approved) await this.pass(run, registry, holder, signal);
      await this.conclude(run, registry, holder, signal);
    } catch (error) {
      if (lost.signal.aborted || error instanceof LostRunError) return;
      await this.fail(run, holder, error, stopping.aborted);
    } finally {
      clearInterval(timer);
    }
  }

  private keepLead(run: ClaimedRun, holder: string, lost: AbortController): NodeJS.Timeout {
    let ticks = 0;
    return setInterval(() => {
      this.parts.runs.lead(run.id, holder, LEASE_SECONDS).then(
        (counts) => {
          if (counts === null) return lost.abort(new Error('the run was taken over, or cancelled'));
          if (++ticks % LOG_EVERY === 0) this.logProgress(run, counts);
        },
        () => undefined,
      );
    }, LEAD_MS);
  }

  private logProgress(run: ClaimedRun, counts: RunCounts): void {
    const seconds = (Date.now() - run.startedAt.getTime()) / 1000;
    const progress = progressOf({ ...counts, complete: counts.stage !== 'listing', seconds });
    this.log.info({ run: run.id, registry: run.registryId, mode: run.mode, ...progress }, 'sync in progress');
  }

  /** Lists, and works on what is listed at the same time. A failed listing still lets what was listed be repaired. */
  private async pass(run: ClaimedRun, registry: Registry, holder: string, signal: AbortSignal): Promise<void> {
    const halt = new AbortController();
    const both = AbortSignal.any([signal, halt.signal]);
    let listing = true;
    const listed = this.parts.lister.list(run, registry, holder, both).finally(() => {
      listing = false;
    });
    listed.catch(() => undefined);
    try {
      await this.work(run, registry, holder, both, () => listing);
    } catch (error) {
      halt.abort(error);
      await listed.catch(() => undefined);
      throw error;
    }
    await listed;
  }

  private async work(
    run: ClaimedRun,
    registry: Registry,
    holder: string,
    signal: AbortSignal,
    growing: () => boolean,
  ): Promise<void> {
    // What others have claimed is waited for: they may die with it.
    const waits = async () => growing() || (await this.parts.batches.left(run.id)) > 0;
    await this.parts.worker.work({ run, registry, holder, signal, waits });
  }

  private async conclude(run: ClaimedRun, registry: Registry, holder: string, signal: AbortSignal): Promise<void> {
    let counts = await this.counts(run, holder);
    if (counts.failed > 0 && mustBeWhole(run)) {
      const outcome = outcomeOf(run, counts, null);
      await this.noteReading(registry, counts);
      await this.parts.runs.giveBack(run.id, holder, outcome, RETRY_SECONDS);
      this.log.info({ run: run.id, slot: run.slot }, `sync, to be continued: ${outcome}`);
      return;
    }
    const decided = run.approved || run.stage === 'removing';
    const hold = decided ? null : reasonToHold(counts, this.settings);
    if (decided || (counts.planned > 0 && hold === null && !run.dryRun)) {
      await this.parts.batches.beginRemoving(run.id, holder);
      await this.work(run, registry, holder, signal, () => false);
      counts = await this.counts(run, holder);
    }
    await this.end(run, registry, holder, counts, hold);
  }

  private async end(
    run: ClaimedRun,
    registry: Registry,
    holder: string,
    counts: RunCounts,
    hold: string | null,
  ): Promise<void> {
    const other = hold !== null ? await this.parts.plans.waiting(registry.id) : null;
    const reason = hold !== null && other !== null ? `${hold}; the plan of run ${other} waits for a yes` : hold;
    const outcome = outcomeOf(run, counts, reason);
    const asks = hold !== null && other === null && counts.planned > 0 && !run.dryRun;
    const state = asks ? 'waiting' : hold !== null && !run.dryRun ? 'held' : 'done';
    await this.noteReading(registry, counts);
    const whole = counts.failed === 0 && !run.slot.startsWith('undo:');
    if (whole && counts.open === 0) await this.parts.registries.noteEqual(registry.id, run.mode, run.startedAt);
    if (whole && hold === null && mayRemove(run.strategy) && !run.dryRun) await this.dropWaiting(run, registry, counts);
    await this.parts.runs.finish(run.id, holder, state, outcome);
    this.log.info({ run: run.id, mode: run.mode, strategy: run.strategy, slot: run.slot, state }, `sync: ${outcome}`);
  }

  /** A plan that waits while nothing is missing any more has been answered by the registry. */
  private async dropWaiting(run: ClaimedRun, registry: Registry, counts: RunCounts): Promise<void> {
    const waiting = counts.planned === 0 ? await this.parts.plans.waiting(registry.id) : null;
    if (waiting !== null && waiting !== run.id)
      await this.parts.plans.cancel(
        registry.id,
        waiting,
        `run ${run.id} found that nothing of it may be removed any more`,
      );
  }

  /** What a reading says of the registry itself. */
  private async noteReading(registry: Registry, counts: RunCounts): Promise<void> {
    const { registries } = this.parts;
    if (counts.failed === 0) return registries.noteSuccess(registry.id);
    const total = counts.listed + counts.missing;
    await registries.noteFailure(
      registry.id,
      'INCOMPLETE',
      `${counts.failed} of ${total} repositories could not be read`,
    );
  }

  private async counts(run: ClaimedRun, holder: string): Promise<RunCounts> {
    const counts = await this.parts.runs.lead(run.id, holder, LEASE_SECONDS);
    if (counts === null) throw new LostRunError('the run is led by another worker, or was cancelled');
    return counts;
  }

  private async fail(run: ClaimedRun, holder: string, error: unknown, stopped: boolean): Promise<void> {
    const { runs, registries } = this.parts;
    // A registry's error may say anything, and what can not be stored would leave the run open.
    const reason = storable(error instanceof Error ? error.message : String(error));
    this.log.info({ run: run.id, slot: run.slot, error: reason }, 'sync ended early; nothing was removed for it');
    if (error instanceof RegistryError) {
      // Where a token could not be made, that is because the registry could not be asked for whom.
      const { code } = error.cause instanceof RegistryError ? error.cause : error;
      await registries.noteFailure(run.registryId, storable(code), reason).catch(() => undefined);
    }
    const again = stopped || mustBeWhole(run);
    const end = again
      ? runs.giveBack(run.id, holder, reason, stopped ? 0 : RETRY_SECONDS)
      : runs.finish(run.id, holder, 'failed', reason);
    await end.catch(() => undefined);
  }
}
