import { Injectable } from '@nestjs/common';
import { type DeadLettersRow, WebhookDeliveriesRepository } from '#persistence/webhook-deliveries.repository.js';
import type { Person } from '../http/access.js';
import { WebhookPlaces } from './webhook-places.js';

/** Webhooks that are told of. */
const MAX = 100;

/** What was given up, so that somebody does something about it. */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly places: WebhookPlaces,
  ) {}

  async list(person: Person): Promise<DeadLettersRow[]> {
    const rows = await this.deliveries.dead(person.userId, person.admin, MAX);
    return rows.filter((row) => this.places.may(person, row, 'webhook.inspect'));
  }
}
