import { atMost } from '#platform/lifecycle/at-most.js';

/** Works something off until nothing is left; rung again meanwhile, it goes on. */
export interface Loop {
  ring(): Promise<void>;
  stop(): Promise<void>;
}

/** Works off what waits, each registry by itself: one that hangs keeps only what is its own waiting. */
export class PerRegistry<K> {
  private readonly loops = new Map<K, Loop>();
  private readonly underWay = new Set<Promise<void>>();
  private stopped = false;

  /** @param waiting the registries for which anything waits */
  constructor(
    private readonly waiting: () => Promise<K[]>,
    private readonly loopOf: (registry: K) => Loop,
  ) {}

  /** Looks now. Resolves when nothing was left, of any registry. */
  async ring(): Promise<void> {
    if (this.stopped) return;
    const waiting = await this.waiting();
    await Promise.all(waiting.map((registry) => this.track(this.ringOne(registry))));
  }

  /**
   * As {@link ring}, but waits for the end no longer than so many milliseconds: what takes longer goes on, and whoever
   * rings for another registry is not kept waiting by it.
   */
  async ringFor(milliseconds: number): Promise<void> {
    await atMost(milliseconds, this.track(this.ring()));
  }

  /** Begins nothing new and waits for what is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.loops.values()].map((loop) => loop.stop()));
    await Promise.allSettled(this.underWay);
  }

  private async ringOne(registry: K): Promise<void> {
    if (this.stopped) return;
    const loop = this.loops.get(registry) ?? this.loopOf(registry);
    this.loops.set(registry, loop);
    await loop.ring();
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
