import { Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { By } from '#persistence/activities.repository.js';
import { Database, type Sql } from '#persistence/database.js';
import type { Listed, WEBHOOK_SORTS } from '#persistence/listing.js';
import type { NamespaceRow } from '#persistence/namespaces.repository.js';
import {
  MAX_WEBHOOKS,
  type WebhookInput,
  type WebhookRow,
  WebhooksRepository,
} from '#persistence/webhooks.repository.js';
import { Sealer } from '#platform/secrets/sealer.js';
import { AddressGuard } from '#webhooks/address-guard.js';
import type { Person } from '../http/access.js';
import type { Paging } from '../http/list-query.js';
import type { WebhookFields } from './outgoing-webhooks.dto.js';
import { describeWebhook, WebhookActivities } from './webhook-activities.js';
import { webhookOf } from './webhook-input.js';
import { WebhookPlaces } from './webhook-places.js';

/** A webhook, and whether the caller may see all of it. */
export interface SeenWebhook {
  row: WebhookRow;
  whole: boolean;
}

/** Whom to tell of what happens in a namespace. */
@Injectable()
export class OutgoingWebhooksService {
  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly places: WebhookPlaces,
    private readonly activities: WebhookActivities,
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly guard: AddressGuard,
  ) {}

  async list(
    person: Person,
    namespaceId: number,
    paging: Paging<(typeof WEBHOOK_SORTS)[number]>,
  ): Promise<Listed<SeenWebhook>> {
    const namespace = await this.places.namespace(person, namespaceId, 'webhook.see');
    const { items, total } = await this.webhooks.page(namespaceId, paging);
    const whole = this.places.may(person, namespace, 'webhook.inspect');
    return { items: items.map((row) => ({ row, whole })), total };
  }

  async get(person: Person, namespaceId: number, id: number): Promise<SeenWebhook> {
    const { namespace, webhook } = await this.places.webhook(person, namespaceId, id, 'webhook.see');
    return { row: webhook, whole: this.places.may(person, namespace, 'webhook.inspect') };
  }

  async create(person: Person, by: By, namespaceId: number, fields: WebhookFields): Promise<SeenWebhook> {
    const namespace = await this.places.namespace(person, namespaceId, 'webhook.create');
    const input = webhookOf(fields, null, this.guard, this.sealer);
    const id = await this.database.transaction(async (sql) => {
      const made = await this.webhooks.create(namespaceId, input, sql);
      if (made === null) throw new InvalidError({ url: [`the namespace has ${MAX_WEBHOOKS} webhooks already`] });
      const details = { after: describeWebhook(input) };
      await this.activities.tell(by, 'webhook.create', namespace, { id: made, name: input.name }, details, sql);
      return made;
    });
    return this.get(person, namespaceId, id);
  }

  async update(person: Person, by: By, namespaceId: number, id: number, fields: WebhookFields): Promise<SeenWebhook> {
    return this.change(person, by, namespaceId, id, () => fields);
  }

  /** As Portus had it. */
  async toggle(person: Person, by: By, namespaceId: number, id: number): Promise<SeenWebhook> {
    return this.change(person, by, namespaceId, id, (row) => ({ enabled: !row.enabled }));
  }

  async remove(person: Person, by: By, namespaceId: number, id: number): Promise<void> {
    const { namespace, webhook } = await this.places.webhook(person, namespaceId, id, 'webhook.create');
    await this.database.transaction(async (sql) => {
      if (!(await this.webhooks.remove(id, sql))) throw new AppError('not_found', 'Not found');
      const details = { before: describeWebhook(webhook) };
      await this.activities.tell(by, 'webhook.destroy', namespace, webhook, details, sql);
    });
  }

  private async change(
    person: Person,
    by: By,
    namespaceId: number,
    id: number,
    changes: (row: WebhookRow) => WebhookFields,
  ): Promise<SeenWebhook> {
    const namespace = await this.places.namespace(person, namespaceId, 'webhook.manage');
    await this.database.transaction(async (sql) => {
      const before = await this.webhooks.lock(namespaceId, id, sql);
      if (before === null) throw new AppError('not_found', 'Not found');
      const after = webhookOf(changes(before), before, this.guard, this.sealer);
      await this.webhooks.update(id, after, sql);
      if (before.origin !== after.origin) await this.webhooks.dropHeaders(id, sql);
      await this.tellChange(by, namespace, before, after, sql);
    });
    return this.get(person, namespaceId, id);
  }

  private async tellChange(
    by: By,
    namespace: NamespaceRow,
    row: WebhookRow,
    after: WebhookInput,
    sql: Sql,
  ): Promise<void> {
    const details = { before: describeWebhook(row), after: describeWebhook(after) };
    const told = { id: row.id, name: after.name };
    if (row.enabled !== after.enabled) {
      const key = after.enabled ? 'webhook.enabled' : 'webhook.disabled';
      await this.activities.tell(by, key, namespace, told, {}, sql);
    }
    const same = JSON.stringify({ ...details.before, enabled: 0 }) === JSON.stringify({ ...details.after, enabled: 0 });
    const kept = (['username', 'password', 'secret', 'url'] as const).every((field) => row[field] === after[field]);
    if (same && kept) return;
    await this.activities.tell(by, 'webhook.update', namespace, told, details, sql);
  }
}
