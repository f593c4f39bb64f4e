import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import type { SyncBatchesRepository } from '#persistence/sync-batches.repository.js';
import type { ClaimedRun, SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import type { BatchWorker, SyncLog } from './batch-worker.js';
import type { RunLeader } from './run-leader.js';

/** Runs that one worker takes part in at the same time; a registry that hangs must not keep the others waiting. */
const MAX_PARTS = 6;
/** Milliseconds after which new runs are looked for while others go on. */
const LOOK_MS = 500;

/**
 * One worker's hand in the syncs: leads runs that nobody leads, and helps with those that others lead. What there is to
 * do, and how far it is, are rows; a worker that dies loses its part only.
 */
export class SyncRunner {
  private readonly stopping = new AbortController();
  /** Not by run: one that was lost may be taken again while the former part of it still ends. */
  private readonly parts = new Set<{ runId: number; work: Promise<void> }>();
  private running: Promise<void> | null = null;

  constructor(
    private readonly runs: SyncRunsRepository,
    private readonly batches: SyncBatchesRepository,
    private readonly registries: RegistriesRepository,
    private readonly leader: RunLeader,
    private readonly worker: BatchWorker,
    private readonly log: SyncLog,
  ) {}

  /** True while it takes part in any run; it looks for others by itself then. */
  get busy(): boolean {
    return this.running !== null;
  }

  /** Works until no run is left in which it could take part. */
  async ring(): Promise<void> {
    this.running ??= this.workOff().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  /** Gives what it has back to the queue and waits for its readings to end. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the worker is stopping'));
    await this.running?.catch(() => undefined);
  }

  private async workOff(): Promise<void> {
    try {
      while (!this.stopping.signal.aborted) {
        while (this.parts.size < MAX_PARTS && (await this.takePart()));
        if (this.parts.size === 0) return;
        await Promise.race([...this.works(), delay(LOOK_MS)]);
      }
    } finally {
      await Promise.all(this.works());
    }
  }

  /** Begins one part. Returns false when there is none to be had. */
  private async takePart(): Promise<boolean> {
    const holder = randomUUID();
    const run = await this.leader.claim(holder);
    if (run !== null) {
      this.keep(run.id, this.leader.lead(run, holder, this.stopping.signal));
      return true;
    }
    const waiting = await this.batches.waitingRun([...this.parts].map(({ runId }) => runId));
    const helped = waiting === null ? null : await this.runs.running(waiting);
    if (helped === null) return false;
    this.keep(helped.id, this.help(helped, holder));
    return true;
  }

  private works(): Promise<void>[] {
    return [...this.parts].map(({ work }) => work);
  }

  private keep(runId: number, work: Promise<void>): void {
    const ended = work
      .catch((error: unknown) =>
        this.log.info({ run: runId, error: (error as Error).message }, 'a part of a sync ended'),
      )
      .finally(() => this.parts.delete(part));
    const part = { runId, work: ended };
    this.parts.add(part);
  }

  private async help(run: ClaimedRun, holder: string): Promise<void> {
    const registry = await this.registries.find(run.registryId);
    if (registry === null) return;
    const { signal } = this.stopping;
    await this.worker.work({ run, registry, holder, signal, waits: async () => false });
  }
}
