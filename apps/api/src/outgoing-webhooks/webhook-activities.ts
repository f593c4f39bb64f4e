import { Injectable } from '@nestjs/common';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import type { Sql } from '#persistence/database.js';
import type { NamespaceRow } from '#persistence/namespaces.repository.js';
import type { WebhookInput } from '#persistence/webhooks.repository.js';

type Key = Extract<NewActivity['key'], `webhook.${string}`>;

/** What is done to webhooks, in the audit log. */
@Injectable()
export class WebhookActivities {
  constructor(private readonly activities: ActivitiesRepository) {}

  async tell(
    by: By,
    key: Key,
    namespace: Pick<NamespaceRow, 'id' | 'teamId'>,
    webhook: { id: number; name: string },
    details: Record<string, unknown>,
    sql: Sql,
  ): Promise<void> {
    const about = { subjectType: 'webhook', subjectId: webhook.id, subjectName: webhook.name } as const;
    const { id: namespaceId, teamId } = namespace;
    await this.activities.record(by, { key, ...about, namespaceId, teamId, details }, sql);
  }
}

/** What every member may see. Without secrets; of the URL its host, because the rest of it may be one. */
export function describeWebhook(input: WebhookInput): Record<string, unknown> {
  const { name, origin, requestMethod, contentType, format, events, enabled } = input;
  return {
    name,
    host: origin,
    request_method: requestMethod,
    content_type: contentType,
    format,
    events,
    enabled,
    has_username: input.username !== null,
    has_password: input.password !== null,
    has_secret: input.secret !== null,
  };
}
