import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { DeliveryState } from '#domain/webhook/webhook-events.js';
import type { Listed, WEBHOOK_DELIVERY_SORTS } from '#persistence/listing.js';
import {
  type DeliveryRow,
  type ListedDelivery,
  WebhookDeliveriesRepository,
} from '#persistence/webhook-deliveries.repository.js';
import { Doorbell } from '#queues/doorbell.js';
import type { Person } from '../http/access.js';
import type { Paging } from '../http/list-query.js';
import { WebhookPlaces } from './webhook-places.js';

/** The log of deliveries. */
@Injectable()
export class WebhookDeliveriesService {
  constructor(
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly places: WebhookPlaces,
    private readonly doorbell: Doorbell,
  ) {}

  async list(
    person: Person,
    namespaceId: number,
    webhookId: number,
    state: DeliveryState | null,
    paging: Paging<(typeof WEBHOOK_DELIVERY_SORTS)[number]>,
  ): Promise<Listed<ListedDelivery>> {
    await this.places.webhook(person, namespaceId, webhookId, 'webhook.inspect');
    return this.deliveries.page(webhookId, state, paging);
  }

  async get(person: Person, namespaceId: number, webhookId: number, id: string): Promise<DeliveryRow> {
    await this.places.webhook(person, namespaceId, webhookId, 'webhook.inspect');
    return this.found(webhookId, id);
  }

  /** Lets it be sent again, whatever became of it. */
  async resend(person: Person, namespaceId: number, webhookId: number, id: string): Promise<DeliveryRow> {
    await this.places.webhook(person, namespaceId, webhookId, 'webhook.manage');
    const { id: known } = await this.found(webhookId, id);
    await this.deliveries.resend(known);
    this.doorbell.ring('webhook-deliveries');
    return this.found(webhookId, id);
  }

  private async found(webhookId: number, id: string): Promise<DeliveryRow> {
    const row = await this.deliveries.find(webhookId, id);
    if (row === null) throw new AppError('not_found', 'Not found');
    return row;
  }
}
