import type { Registry } from '#domain/registry/registry.entity.js';
import type { InboxRepository, Waiting } from '#persistence/inbox.repository.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import { RegistryError } from '#registry/errors.js';
import { inParallel } from './in-parallel.js';
import { IN_FLIGHT, type Reconciler } from './reconciler.js';

const BATCH = 256;
const FIRST: Waiting = { registryId: 0, repository: '' };

export interface DrainLog {
  warn(facts: Record<string, unknown>, message: string): void;
}

/**
 * Works the inbox off: finds repositories with waiting events that nobody holds, and reconciles them, several at a
 * time, until none is left. Rings while it runs are coalesced into one more look, so none can be lost in between.
 */
export class EventDrain {
  private running: Promise<void> | null = null;
  private again = false;
  private readonly stopping = new AbortController();

  constructor(
    private readonly inbox: InboxRepository,
    private readonly registries: RegistriesRepository,
    private readonly reconciler: Reconciler,
    private readonly log: DrainLog,
  ) {}

  /** Looks at the inbox now, or once more after the present look. Resolves when nothing was left. */
  async ring(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.again = true;
    this.running ??= this.drain().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  /** Begins nothing new and waits for what is under way; its events stay in the inbox. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the worker is stopping'));
    await this.running?.catch(() => undefined);
  }

  private async drain(): Promise<void> {
    while (this.again && !this.stopping.signal.aborted) {
      this.again = false;
      await this.walk();
    }
  }

  /** One round over all waiting repositories, in the order of the index, so that none is starved by a busy one. */
  private async walk(): Promise<void> {
    await inParallel(this.waiting(), IN_FLIGHT, async ({ registry, repository }) => {
      const registryId = registry.id;
      try {
        const { outcome, failures } = await this.reconciler.reconcile(registry, repository, null, this.stopping.signal);
        // What came in meanwhile, or was lost with the lease, is looked at in the next round.
        if (outcome !== 'busy') this.again = true;
        if (failures > 0) this.log.warn({ registryId, repository, failures }, 'tags were not answered, events wait');
      } catch (error) {
        if (!(error instanceof Error) || this.stopping.signal.aborted) return;
        const level = error instanceof RegistryError ? 'registry' : 'internal';
        this.log.warn({ registryId, repository, kind: level, error: error.message }, 'reconcile failed, events wait');
      }
    });
  }

  private async *waiting(): AsyncGenerator<{ registry: Registry; repository: string }> {
    for (let after: Waiting | null = FIRST; after !== null && !this.stopping.signal.aborted;) {
      const { due, next }: { due: Waiting[]; next: Waiting | null } = await this.inbox.candidates(after, BATCH);
      // Looked up once per batch: fresh enough for a changed address, and most batches are of one registry.
      const registries = new Map<number, Registry | null>();
      for (const { registryId, repository } of due) {
        if (!registries.has(registryId)) registries.set(registryId, await this.registries.find(registryId));
        const registry = registries.get(registryId);
        if (registry) yield { registry, repository };
      }
      after = next;
    }
  }
}
