import { randomUUID } from 'node:crypto';
import type { LeasedWebhook, WebhookQueueRepository } from '#persistence/webhook-queue.repository.js';
import type { Deliverer } from './deliverer.js';

/** A webhook is worked for so long at a time, milliseconds; then others that wait are next. */
const TURN_MS = 20_000;
/** A lease lasts longer than a turn with its last, slowest attempt; seconds. */
const GRACE_S = 15;

interface RunnerLog {
  warn(facts: object, message: string): void;
}

/**
 * Delivers what is due: several webhooks at a time, and for each of them one delivery after the other, oldest first. Any
 * number of workers may do so at once; a webhook is worked for by one of them.
 */
export class DeliveryRunner {
  private readonly holder = randomUUID();
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private filling: Promise<void> | null = null;
  private wanted = false;

  constructor(
    private readonly queue: Pick<WebhookQueueRepository, 'claim' | 'release'>,
    private readonly deliverer: Pick<Deliverer, 'next'>,
    private readonly settings: { concurrency: number; timeoutMs: number },
    private readonly log: RunnerLog,
  ) {}

  /** Begins to work for webhooks that have something due, as many as there is room for; does not wait for the end. */
  async ring(): Promise<void> {
    this.wanted = true;
    this.filling ??= this.fill().finally(() => {
      this.filling = null;
    });
    await this.filling;
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0 || this.filling !== null) {
      await Promise.allSettled([...this.underWay, this.filling]);
    }
  }

  /** Begins nothing new; what is under way is broken off, and waits for the next attempt. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the worker is stopping'));
    await this.settled();
  }

  private async fill(): Promise<void> {
    const seconds = (TURN_MS + this.settings.timeoutMs) / 1000 + GRACE_S;
    while (this.wanted && !this.stopping.signal.aborted) {
      this.wanted = false;
      while (this.underWay.size < this.settings.concurrency && !this.stopping.signal.aborted) {
        const webhook = await this.queue.claim(this.holder, seconds);
        if (webhook === null) break;
        this.begin(webhook);
      }
    }
  }

  private begin(webhook: LeasedWebhook): void {
    const failed = (error: Error): void =>
      this.log.warn({ webhook: webhook.id, error: error.message }, 'deliveries of a webhook failed');
    const work: Promise<void> = this.turn(webhook)
      .catch(failed)
      .then(() => {
        this.underWay.delete(work);
        // Somebody may wait for the place that is free now. Not waited for: this is not under way any more.
        void this.ring().catch(failed);
      });
    this.underWay.add(work);
  }

  private async turn(webhook: LeasedWebhook): Promise<void> {
    const until = performance.now() + TURN_MS;
    const { signal } = this.stopping;
    try {
      while (performance.now() < until && !signal.aborted) {
        if (!(await this.deliverer.next(webhook, this.holder, signal))) return;
      }
    } finally {
      await this.queue.release(webhook.id, this.holder);
    }
  }
}
