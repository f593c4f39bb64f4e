import { setTimeout as delay } from 'node:timers/promises';
import type { Registry } from '#domain/registry/registry.entity.js';
import { mayRemove } from '#domain/sync/strategy.js';
import type { RemovedTagsRepository } from '#persistence/removed-tags.repository.js';
import type { Batch, SyncBatchesRepository } from '#persistence/sync-batches.repository.js';
import type { ClaimedRun } from '#persistence/sync-runs.repository.js';
import { RegistryError } from '#registry/errors.js';
import { PASS_IN_FLIGHT } from './in-flight.js';
import { inParallel } from './in-parallel.js';
import { LookBudget } from './look-budget.js';
import { OpenBatch } from './open-batch.js';
import type { ReconcileResult, WholeLook } from './look.js';
import type { Reconciler } from './reconciler.js';

const LEASE_SECONDS = 30;
const RENEW_MS = 5_000;
/** Milliseconds between two looks for batches, while others are still at work on theirs. */
const POLL_MS = 50;
const BUSY_ATTEMPTS = 5;
/** So many repositories without any answer, and none with, and the registry is away: the others would only wait too. */
const SILENT_IN_A_ROW = 16;

export interface WorkSettings {
  /** Questions per second and worker of a deep run by schedule; null: as many as there are. */
  deepRate: number | null;
}

export interface SyncLog {
  info(facts: Record<string, unknown>, message: string): void;
}

/** One worker's part in one run. */
export interface Part {
  run: ClaimedRun;
  registry: Registry;
  /** Names this part; a batch belongs to it while its lease lasts. */
  holder: string;
  /** Asked when nothing can be claimed: whether to look again after a while. */
  waits: () => Promise<boolean>;
  signal: AbortSignal;
}

/** Works batches of runs off, as leader or helper: both do the same, and any number of them may. */
export class BatchWorker {
  constructor(
    private readonly batches: SyncBatchesRepository,
    private readonly removed: RemovedTagsRepository,
    private readonly reconciler: Reconciler,
    private readonly settings: WorkSettings,
    private readonly log: SyncLog,
  ) {}

  /** Returns when there is nothing left to claim. Throws when the registry is away, or the signal's reason. */
  async work(part: Part): Promise<void> {
    const held = new Map<string, OpenBatch>();
    const lost = new AbortController();
    const signal = AbortSignal.any([part.signal, lost.signal]);
    const renewal = setInterval(() => void this.renew(part.holder, held, lost).catch(() => undefined), RENEW_MS);
    const budget = new LookBudget(part.run.slot.startsWith('deep:') ? this.settings.deepRate : null);
    const silence = { inARow: 0 };
    try {
      await inParallel(this.items({ ...part, signal }, held), PASS_IN_FLIGHT, async ({ open, name }) => {
        try {
          const questions = await this.handle({ ...part, signal }, open, name, silence);
          // Looks that were stored together end together: the first of them ends the batch.
          if (open.finished && held.delete(open.batch.id)) {
            await this.batches.complete(open.batch, part.holder, open.result);
          }
          await budget.pay(questions, signal);
        } catch (error) {
          // Whoever waits for more to claim would wait for what we hold ourselves.
          lost.abort(error);
          throw error;
        }
      });
      signal.throwIfAborted();
    } finally {
      clearInterval(renewal);
      await this.batches.release(part.holder).catch(() => undefined);
    }
  }

  private async *items(part: Part, held: Map<string, OpenBatch>): AsyncGenerator<{ open: OpenBatch; name: string }> {
    while (!part.signal.aborted) {
      const batch = await this.batches.claim(part.holder, LEASE_SECONDS, part.run.id);
      if (batch === null) {
        if (!(await part.waits())) return;
        await delay(POLL_MS, undefined, { signal: part.signal }).catch(() => undefined);
        continue;
      }
      const open = new OpenBatch(batch);
      held.set(batch.id, open);
      for (const name of batch.todo) yield { open, name };
    }
  }

  /** A batch that is no longer ours was taken over, or its run was cancelled: what we do is of no use any more. */
  private async renew(holder: string, held: ReadonlyMap<string, OpenBatch>, lost: AbortController): Promise<void> {
    const before = [...held.keys()];
    const ours = await this.batches.renew(holder, LEASE_SECONDS);
    if (before.some((id) => held.has(id) && !ours.has(id)))
      lost.abort(new Error('the work was taken over by another worker, or cancelled'));
  }

  /** Returns how many questions were asked. */
  private async handle(part: Part, open: OpenBatch, name: string, silence: { inARow: number }): Promise<number> {
    const { run, registry, signal } = part;
    signal.throwIfAborted();
    try {
      if (open.batch.kind === 'restoring') await this.restore(part, open, name);
      const look = lookOf(run, open.batch, name);
      const result = await this.whenFree(() => this.reconciler.reconcile(registry, name, look, signal), signal);
      silence.inARow = 0;
      // An import finds everything to be new; nobody wants to read that.
      open.add(name, result, run.slot === 'initial');
      return result.questions;
    } catch (error) {
      signal.throwIfAborted();
      // One repository that can not be read must not keep the others from being repaired.
      this.log.info({ repository: name, error: (error as Error).message }, 'sync could not read a repository');
      const silent = error instanceof RegistryError && error.status === null && error.temporary;
      silence.inARow = silent ? silence.inARow + 1 : 0;
      if (silence.inARow >= SILENT_IN_A_ROW) throw error;
      open.addFailure(name, (error as Error).message);
      return 0;
    }
  }

  /** The slot of such a run names the run whose removals come back. */
  private async restore(part: Part, open: OpenBatch, name: string): Promise<void> {
    const undone = Number(part.run.slot.split(':')[1]);
    open.count({
      restored: await this.removed.restore(undone, part.registry.id, name, part.run.requestedBy),
    });
  }

  /** A repository under somebody else's lease is being repaired right now: it is worth a short wait. */
  private async whenFree(work: () => Promise<ReconcileResult>, signal: AbortSignal): Promise<ReconcileResult> {
    for (let attempt = 1; ; attempt++) {
      const result = await work();
      if ((result.outcome !== 'busy' && result.outcome !== 'stale') || attempt >= BUSY_ATTEMPTS) return result;
      await delay(200 * attempt, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function lookOf(run: ClaimedRun, { kind, tags }: Batch, repository: string): WholeLook {
  const removing = kind === 'removing';
  return {
    // Removals are asked for by name and by listing, whatever else the run compares.
    deep: run.mode === 'deep' && !removing,
    mayRemove: mayRemove(run.strategy),
    confirmBefore: run.confirmBefore,
    runId: run.id,
    removals: new Set(removing ? tags?.[repository] : []),
    dryRun: run.dryRun,
  };
}
