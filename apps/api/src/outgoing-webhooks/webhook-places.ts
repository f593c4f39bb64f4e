import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { decideOperation, type Operation } from '#domain/policy/manage.js';
import type { NamespaceRow } from '#persistence/namespaces.repository.js';
import { type WebhookRow, WebhooksRepository } from '#persistence/webhooks.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { manageOptions } from '../http/policy-options.js';
import { NamespacesService } from '../namespaces/namespaces.service.js';

export type WebhookOperation = Extract<Operation, `webhook.${string}`>;

/** Namespaces and webhooks, for who may do something to them. */
@Injectable()
export class WebhookPlaces {
  constructor(
    private readonly namespaces: NamespacesService,
    private readonly webhooks: WebhooksRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Throws "not found" to who may not see the namespace, and "forbidden" to who may not do this there. */
  async namespace(person: Person, id: number, operation: WebhookOperation): Promise<NamespaceRow> {
    const row = await this.namespaces.get(person, id);
    if (!this.may(person, row, operation)) throw new AppError('forbidden', 'Authorization fails');
    return row;
  }

  /** As {@link namespace}, with one of its webhooks. */
  async webhook(
    person: Person,
    namespaceId: number,
    id: number,
    operation: WebhookOperation,
  ): Promise<{ namespace: NamespaceRow; webhook: WebhookRow }> {
    const namespace = await this.namespace(person, namespaceId, operation);
    const webhook = await this.webhooks.find(namespaceId, id);
    if (webhook === null) throw new AppError('not_found', 'Not found');
    return { namespace, webhook };
  }

  may(
    person: Person,
    { role, teamHidden }: Pick<NamespaceRow, 'role' | 'teamHidden'>,
    operation: WebhookOperation,
  ): boolean {
    return decideOperation(person, operation, { role, hidden: teamHidden }, manageOptions(this.settings)).allow;
  }
}
