import { atMost } from '#platform/lifecycle/at-most.js';
import type { InboxRepository } from '#persistence/inbox.repository.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import type { Reconciler } from './reconciler.js';
import { type DrainLog, RegistryDrain } from './registry-drain.js';

/** Works the inbox off, each registry by itself: one that hangs keeps only its own events waiting. */
export class EventDrain {
  private readonly drains = new Map<number, RegistryDrain>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly inbox: InboxRepository,
    private readonly registries: RegistriesRepository,
    private readonly reconciler: Reconciler,
    private readonly log: DrainLog,
  ) {}

  /** Looks at the inbox now, or once more after the present look. Resolves when nothing was left, of any registry. */
  async ring(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const waiting = await this.inbox.registriesWaiting();
    await Promise.all(waiting.map((id) => this.track(this.of(id).ring())));
  }

  /**
   * As {@link ring}, but waits for the end no longer than so many milliseconds: what takes longer goes on, and whoever
   * rings for another registry is not kept waiting by it.
   */
  async ringFor(milliseconds: number): Promise<void> {
    await atMost(milliseconds, this.track(this.ring()));
  }

  /** Begins nothing new and waits for what is under way; its events stay in the inbox. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the worker is stopping'));
    await Promise.allSettled(this.underWay);
  }

  private of(registryId: number): RegistryDrain {
    const { inbox, registries, reconciler, log, stopping } = this;
    const known =
      this.drains.get(registryId) ?? new RegistryDrain(registryId, inbox, registries, reconciler, log, stopping.signal);
    this.drains.set(registryId, known);
    return known;
  }

  private async track(work: Promise<void>): Promise<void> {
    this.underWay.add(work);
    try {
      await work;
    } finally {
      this.underWay.delete(work);
    }
  }
}
