import type { InboxRepository, Waiting } from '#persistence/inbox.repository.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { RegistryError } from '#registry/errors.js';
import { IN_FLIGHT } from './in-flight.js';
import { inParallel } from './in-parallel.js';
import type { Reconciler } from './reconciler.js';
import { WorkLoop } from './work-loop.js';

const BATCH = 256;

export interface DrainLog {
  warn(facts: Record<string, unknown>, message: string): void;
}

/**
 * Works off what waits of one registry: finds repositories with waiting events that nobody holds, and reconciles them,
 * several at a time, until none is left. Rings while it runs are coalesced into one more look, so none can be lost in
 * between.
 */
export class RegistryDrain {
  private again = false;
  private readonly loop = new WorkLoop((stopping) => this.round(stopping));

  constructor(
    private readonly registryId: number,
    private readonly inbox: InboxRepository,
    private readonly registries: RegistriesRepository,
    private readonly reconciler: Reconciler,
    private readonly log: DrainLog,
  ) {}

  /** Looks at the inbox now, or once more after the present look. Resolves when nothing was left. */
  async ring(): Promise<void> {
    this.again = true;
    await this.loop.ring();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** Over all waiting repositories, in the order of the index, so that none is starved by a busy one. */
  private async round(stopping: AbortSignal): Promise<boolean> {
    this.again = false;
    await inParallel(this.waiting(stopping), IN_FLIGHT, async ({ registry, repository }) => {
      const { registryId } = this;
      try {
        const { outcome, failures } = await this.reconciler.reconcile(registry, repository, null, stopping);
        // What came in meanwhile, or was lost with the lease, is looked at in the next round.
        if (outcome !== 'busy') this.again = true;
        if (failures > 0) this.log.warn({ registryId, repository, failures }, 'tags were not answered, events wait');
      } catch (error) {
        if (!(error instanceof Error) || stopping.aborted) return;
        const level = error instanceof RegistryError ? 'registry' : 'internal';
        this.log.warn({ registryId, repository, kind: level, error: error.message }, 'reconcile failed, events wait');
      }
    });
    return this.again;
  }

  private async *waiting(stopping: AbortSignal): AsyncGenerator<{ registry: Registry; repository: string }> {
    const first: Waiting = { registryId: this.registryId, repository: '' };
    for (let after: Waiting | null = first; after !== null && !stopping.aborted;) {
      const { due, next }: { due: Waiting[]; next: Waiting | null } = await this.inbox.candidates(after, BATCH);
      // Looked up once per batch: fresh enough for a changed address.
      const registry = due.length > 0 ? await this.registries.find(this.registryId) : null;
      if (registry) for (const { repository } of due) yield { registry, repository };
      after = next;
    }
  }
}
