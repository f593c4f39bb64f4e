import type { TokenUse } from '#persistence/application-tokens.repository.js';
import type { Logger } from '#platform/logging/logger.js';

/** A use is written down after this time at the latest, milliseconds. */
const FLUSH_EVERY_MS = 5_000;
/** Tokens whose use waits to be written; uses of others are forgotten meanwhile. */
const MAX_WAITING = 10_000;
/** Rows of one statement. */
const AT_ONCE = 1_000;

interface Sink {
  noteUses(uses: readonly TokenUse[]): Promise<void>;
}

/**
 * Remembers when and from where application tokens were used, and writes it down in batches: nobody who shows a token
 * waits for it, and the same token costs one row per batch however often it is shown. Best effort: while the database
 * is away uses wait here, bounded, and a process that is killed loses those of the last seconds.
 */
export class TokenUses {
  private readonly waiting = new Map<number, TokenUse>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> | null = null;

  constructor(
    private readonly sink: Sink,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly options: { everyMs?: number; now?: () => number } = {},
  ) {}

  /** @param from address of the client */
  note(id: number, from: string): void {
    if (!this.waiting.has(id) && this.waiting.size >= MAX_WAITING) return;
    this.waiting.set(id, { id, from, at: new Date(this.options.now?.() ?? Date.now()) });
    this.schedule();
  }

  /** Writes down what waits. Never throws: what can not be written waits on. */
  async flush(): Promise<void> {
    this.writing ??= this.write().finally(() => (this.writing = null));
    await this.writing;
  }

  private schedule(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, this.options.everyMs ?? FLUSH_EVERY_MS);
    this.timer.unref();
  }

  private async write(): Promise<void> {
    const uses = [...this.waiting.values()];
    try {
      for (let i = 0; i < uses.length; i += AT_ONCE) {
        const batch = uses.slice(i, i + AT_ONCE);
        await this.sink.noteUses(batch);
        this.forget(batch);
      }
    } catch (error) {
      this.logger.warn({ error: (error as Error).message, waiting: this.waiting.size }, 'uses of tokens wait');
      this.schedule();
    }
  }

  /** A token that was used again meanwhile goes on waiting, with its newer use. */
  private forget(written: readonly TokenUse[]): void {
    for (const use of written) if (this.waiting.get(use.id) === use) this.waiting.delete(use.id);
  }
}
