import { Injectable } from '@nestjs/common';
import { InboxRepository, tellBacklog } from '#persistence/inbox.repository.js';
import { WebhookDeliveriesRepository } from '#persistence/webhook-deliveries.repository.js';
import type { Degraded } from '#platform/health/check-health.js';

/** Notifications are handled within a second or two; when one waits for longer, somebody should look: seconds. */
const LATE_SECONDS = 60;

/** How much waits to be done. */
@Injectable()
export class BacklogHealth {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly deliveries: WebhookDeliveriesRepository,
  ) {}

  async checkEvents(): Promise<string | Degraded> {
    const backlog = await this.inbox.backlog();
    const { oldestSeconds } = backlog;
    const found = tellBacklog(backlog);
    return oldestSeconds < LATE_SECONDS
      ? found
      : { degraded: found, since: new Date(Date.now() - oldestSeconds * 1_000) };
  }

  /** Receivers are other people's: one that fails makes nothing here worse. */
  async checkWebhooks(): Promise<string> {
    const { waiting, oldestSeconds, dead } = await this.deliveries.backlog();
    const waits =
      waiting === 0 ? 'no delivery waits' : `${waiting} wait, the oldest for ${Math.round(oldestSeconds)} s`;
    return dead === 0 ? waits : `${waits}; ${dead} were given up`;
  }
}
