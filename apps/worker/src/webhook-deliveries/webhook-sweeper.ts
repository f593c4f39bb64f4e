import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { WebhookQueueRepository } from '#persistence/webhook-queue.repository.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { Doorbell } from '#queues/doorbell.js';
import { DeliveryRunner } from '#webhooks/delivery-runner.js';

/** What happens is told within this time, milliseconds, also when a ring was lost. */
const TICK_MS = 1_000;

/** Looks for deliveries that are due and rings for them; so an emptied queue store loses none. */
@Injectable()
export class WebhookSweeper implements OnModuleDestroy {
  private busy = false;

  constructor(
    private readonly queue: WebhookQueueRepository,
    private readonly runner: DeliveryRunner,
    private readonly doorbell: Doorbell,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What is under way is put back, before the connections are closed. */
  async onModuleDestroy(): Promise<void> {
    await this.runner.stop();
  }

  /** When the queue's store takes no ring, this process delivers by itself. */
  @Interval(TICK_MS)
  async tick(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      if (!(await this.queue.hasDue())) return;
      if (!(await this.doorbell.tryRing('webhook-deliveries'))) await this.runner.ring();
    } catch (error) {
      this.logger.warn({ error: (error as Error).message }, 'due deliveries could not be looked for');
    } finally {
      this.busy = false;
    }
  }
}
