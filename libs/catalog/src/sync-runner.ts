import { randomUUID } from 'node:crypto';
import type { Registry } from '#domain/registry/registry.entity.js';
import { reasonToHold, removalAllowance } from '#domain/sync/guard-removals.js';
import { isPeriodic, mayRemove } from '#domain/sync/strategy.js';
import type { CatalogRepository } from '#persistence/catalog.repository.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import type { ClaimedRun, RunProgress, SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { inParallel } from './in-parallel.js';
import { IN_FLIGHT, type Reconciler, type WholeLook } from './reconciler.js';
import type { RegistryClients } from './registry-clients.js';

const LEASE_SECONDS = 30;
const PROGRESS_MS = 2_000;
/** A run that must not be skipped is tried again after so many seconds. */
const RETRY_SECONDS = 15;
const BUSY_ATTEMPTS = 5;
const PAGE = 500;

export interface SyncSettings {
  confirmationSeconds: number;
}

export interface SyncLog {
  info(facts: Record<string, unknown>, message: string): void;
}

/** What one run keeps while it works. */
interface RunState extends RunProgress {
  /** Reasons why nothing, or not everything, was removed. */
  held: string | null;
  /** False as soon as anything was seen that makes "equal" untrue. */
  equal: boolean;
}

/** Runs syncs: pages a registry's catalog and reconciles each repository with bounded concurrency. */
export class SyncRunner {
  private readonly holder = randomUUID();
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;

  constructor(
    private readonly runs: SyncRunsRepository,
    private readonly registries: RegistriesRepository,
    private readonly catalog: CatalogRepository,
    private readonly reconciler: Reconciler,
    private readonly clients: RegistryClients,
    private readonly settings: SyncSettings,
    private readonly log: SyncLog,
  ) {}

  /** Works off every open run, one after the other. */
  async ring(): Promise<void> {
    this.running ??= this.runAll().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  /** Gives the present run back to the queue and waits for its readings to end. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the worker is stopping'));
    await this.running?.catch(() => undefined);
  }

  private async runAll(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const run = await this.runs.claim(this.holder, LEASE_SECONDS);
      if (run === null) return;
      await this.run(run);
    }
  }

  private async run(run: ClaimedRun): Promise<void> {
    const state: RunState = { listed: 0, done: 0, failed: 0, changes: {}, held: null, equal: true };
    const lost = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, lost.signal]);
    const progress = setInterval(() => {
      this.runs.progress(run.id, this.holder, LEASE_SECONDS, state).then(
        (ours) => ours || lost.abort(new Error('another worker has taken the run over')),
        () => undefined,
      );
    }, PROGRESS_MS);
    try {
      await this.pass(run, state, signal);
      await this.finish(run, state);
    } catch (error) {
      await this.fail(run, state, error);
    } finally {
      clearInterval(progress);
    }
  }

  private async pass(run: ClaimedRun, state: RunState, signal: AbortSignal): Promise<void> {
    const registry = await this.registries.find(run.registryId);
    if (registry === null) throw new Error('the registry is gone');
    const startedAt = new Date();
    const known = await this.catalog.count(registry.id);
    const look = this.lookOf(run, known.tags, state);
    const listed = new Set<string>();
    await inParallel(this.names(registry, listed, state, signal), IN_FLIGHT, (name) =>
      this.reconcile(registry, name, look, state, signal),
    );
    await this.reconcileMissing(registry, listed, known.repositories, look, state, signal);
    if (state.equal && state.failed === 0) await this.registries.noteEqual(registry.id, run.mode, startedAt);
  }

  private lookOf(run: ClaimedRun, knownTags: number, state: RunState): WholeLook {
    let allowance = removalAllowance(knownTags);
    return {
      deep: run.mode === 'deep',
      mayRemove: mayRemove(run.strategy),
      confirmBefore: new Date(Date.now() - this.settings.confirmationSeconds * 1000),
      allowRemovals: (count) => {
        allowance -= count;
        if (allowance < 0) state.held = 'more tags are gone than may be removed at once; the rest was kept';
        return allowance >= 0;
      },
    };
  }

  private async *names(
    registry: Registry,
    listed: Set<string>,
    state: RunState,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    for await (const page of this.clients.of(registry).catalog({ signal })) {
      if (page.invalid.length > 0)
        state.changes['invalidNames'] = (state.changes['invalidNames'] ?? 0) + page.invalid.length;
      for (const name of page.repositories) {
        if (listed.has(name)) continue;
        listed.add(name);
        state.listed++;
        yield name;
      }
    }
  }

  /** Repositories that the whole listing lacks are asked for by themselves, unless the listing is suspicious. */
  private async reconcileMissing(
    registry: Registry,
    listed: ReadonlySet<string>,
    known: number,
    look: WholeLook,
    state: RunState,
    signal: AbortSignal,
  ): Promise<void> {
    const missing = await this.missing(registry, listed);
    const hold = reasonToHold({ known, missing: missing.length, listed: listed.size });
    if (missing.length > 0) state.equal = false;
    if (hold !== null) {
      state.held = hold;
      return;
    }
    await inParallel(missing, IN_FLIGHT, (name) => this.reconcile(registry, name, look, state, signal));
  }

  private async missing(registry: Registry, listed: ReadonlySet<string>): Promise<string[]> {
    const missing: string[] = [];
    let after = '';
    for (;;) {
      const page = await this.catalog.page(registry.id, after, PAGE);
      if (page.length === 0) return missing;
      missing.push(...page.filter((one) => !listed.has(one.fullName)).map((one) => one.fullName));
      after = page.at(-1)!.fullName;
    }
  }

  private async reconcile(
    registry: Registry,
    name: string,
    look: WholeLook,
    state: RunState,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    try {
      const result = await this.whenFree(() => this.reconciler.reconcile(registry, name, look, signal), signal);
      state.failed += result.failures > 0 || result.outcome === 'busy' || result.outcome === 'stale' ? 1 : 0;
      if (result.lacking > 0) state.equal = false;
      for (const [kind, count] of Object.entries(result.changes)) {
        if (count > 0) state.changes[kind] = (state.changes[kind] ?? 0) + count;
      }
    } catch (error) {
      signal.throwIfAborted();
      // One repository that can not be read must not keep the others from being repaired.
      state.failed++;
      this.log.info({ repository: name, error: (error as Error).message }, 'sync could not read a repository');
    }
    state.done++;
  }

  /** A repository under somebody else's lease is being repaired right now: it is worth a short wait. */
  private async whenFree<T extends { outcome: string }>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const result = await work();
      if (result.outcome !== 'busy' || attempt >= BUSY_ATTEMPTS) return result;
      await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
      signal.throwIfAborted();
    }
  }

  private async finish(run: ClaimedRun, state: RunState): Promise<void> {
    const changed = Object.entries(state.changes).map(([kind, count]) => `${kind} ${count}`);
    const parts = [`${state.done} of ${state.listed} repositories looked at`];
    if (changed.length > 0) parts.push(changed.join(', '));
    if (state.failed > 0) parts.push(`${state.failed} could not be read`);
    if (state.held) parts.push(state.held);
    const outcome = parts.join('; ');
    if (state.failed > 0 && !isScheduled(run)) {
      // Nothing will look again by itself: the import, and what repairs a loss, are tried until they are whole.
      await this.runs.giveBack(run.id, this.holder, outcome, RETRY_SECONDS);
      this.log.info({ run: run.id, slot: run.slot }, `sync, to be continued: ${outcome}`);
      return;
    }
    await this.runs.finish(run.id, this.holder, state.held ? 'held' : 'done', outcome, state);
    this.log.info({ run: run.id, mode: run.mode, strategy: run.strategy, slot: run.slot }, `sync: ${outcome}`);
  }

  private async fail(run: ClaimedRun, state: RunState, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    this.log.info({ run: run.id, slot: run.slot, error: reason }, 'sync ended early; nothing was removed for it');
    const stopped = this.stopping.signal.aborted;
    const again = stopped || !isScheduled(run);
    const end = again
      ? this.runs.giveBack(run.id, this.holder, reason, stopped ? 0 : RETRY_SECONDS)
      : this.runs.finish(run.id, this.holder, 'failed', reason, state);
    await end.catch(() => undefined);
  }
}

/** Runs of a period: the next one looks again. */
function isScheduled(run: ClaimedRun): boolean {
  return isPeriodic(run.strategy) && /^(?:names|deep):/.test(run.slot);
}
