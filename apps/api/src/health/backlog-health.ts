import { Injectable } from '@nestjs/common';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { WebhookDeliveriesRepository } from '#persistence/webhook-deliveries.repository.js';

/** How much waits to be done. */
@Injectable()
export class BacklogHealth {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly deliveries: WebhookDeliveriesRepository,
  ) {}

  async checkEvents(): Promise<string> {
    const { waiting, oldestSeconds } = await this.inbox.backlog();
    return waiting === 0
      ? 'no notification waits'
      : `${waiting} notifications wait, the oldest for ${Math.round(oldestSeconds)} s`;
  }

  /** Receivers are other people's: one that fails makes nothing here worse. */
  async checkWebhooks(): Promise<string> {
    const { waiting, oldestSeconds, dead } = await this.deliveries.backlog();
    const waits =
      waiting === 0 ? 'no delivery waits' : `${waiting} wait, the oldest for ${Math.round(oldestSeconds)} s`;
    return dead === 0 ? waits : `${waits}; ${dead} were given up`;
  }
}
