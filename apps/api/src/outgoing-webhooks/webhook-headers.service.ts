import { Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { By } from '#persistence/activities.repository.js';
import { Database } from '#persistence/database.js';
import {
  MAX_HEADERS,
  type WebhookHeaderRow,
  WebhookHeadersRepository,
} from '#persistence/webhook-headers.repository.js';
import { WebhooksRepository } from '#persistence/webhooks.repository.js';
import { Sealer } from '#platform/secrets/sealer.js';
import { SEALED } from '#webhooks/hook-request.js';
import type { Person } from '../http/access.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import { WebhookActivities } from './webhook-activities.js';
import type { WebhookHeaderFields } from './webhook-headers.dto.js';
import { WebhookPlaces } from './webhook-places.js';

const UNIQUE = { webhook_headers_name_key: 'name' };

/** Headers that a webhook sends besides its own. */
@Injectable()
export class WebhookHeadersService {
  constructor(
    private readonly headers: WebhookHeadersRepository,
    private readonly webhooks: WebhooksRepository,
    private readonly places: WebhookPlaces,
    private readonly activities: WebhookActivities,
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  async list(person: Person, namespaceId: number, webhookId: number): Promise<WebhookHeaderRow[]> {
    await this.places.webhook(person, namespaceId, webhookId, 'webhook.inspect');
    return this.headers.of(webhookId);
  }

  async create(
    person: Person,
    by: By,
    namespaceId: number,
    webhookId: number,
    { name, value }: WebhookHeaderFields,
  ): Promise<WebhookHeaderRow> {
    const { namespace, webhook } = await this.places.webhook(person, namespaceId, webhookId, 'webhook.manage');
    return uniqueOr422(UNIQUE, () =>
      this.database.transaction(async (sql) => {
        if ((await this.webhooks.lock(namespaceId, webhookId, sql)) === null)
          throw new AppError('not_found', 'Not found');
        const row = await this.headers.create(webhookId, name, this.sealer.seal(value, SEALED.header), sql);
        if (row === null) throw new InvalidError({ name: [`the webhook has ${MAX_HEADERS} headers already`] });
        await this.activities.tell(by, 'webhook.update', namespace, webhook, { after: { header: name } }, sql);
        return row;
      }),
    );
  }

  async remove(person: Person, by: By, namespaceId: number, webhookId: number, id: number): Promise<void> {
    const { namespace, webhook } = await this.places.webhook(person, namespaceId, webhookId, 'webhook.manage');
    await this.database.transaction(async (sql) => {
      const row = await this.headers.remove(webhookId, id, sql);
      if (row === null) throw new AppError('not_found', 'Not found');
      await this.activities.tell(by, 'webhook.update', namespace, webhook, { before: { header: row.name } }, sql);
    });
  }
}
