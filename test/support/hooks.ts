import { randomUUID } from 'node:crypto';
import type { WebhookEvent } from '#domain/webhook/webhook-events.js';
import type { TestDatabase } from './test-database.js';

/** A namespace of a team, in the first registry. */
export async function makeNamespace(database: TestDatabase, name: string): Promise<number> {
  const team = await database.value<number>('INSERT INTO teams (name) VALUES ($1) RETURNING id', [`${name}s`]);
  return database.value<number>(
    `INSERT INTO namespaces (registry_id, name, team_id) SELECT min(id), $1, $2 FROM registries RETURNING id`,
    [name, team],
  );
}

/** A webhook straight into the tables. */
export async function makeWebhook(
  database: TestDatabase,
  namespaceId: number,
  more: { url?: string; events?: WebhookEvent[]; enabled?: boolean } = {},
): Promise<number> {
  const { url = 'http://127.0.0.1:9/hook', events = ['push', 'delete', 'tag_moved', 'scan'], enabled = true } = more;
  return database.value<number>(
    `INSERT INTO webhooks (namespace_id, name, url, origin, events, enabled) VALUES ($1, 'hook', $2, $3, $4, $5) RETURNING id`,
    [namespaceId, url, new URL(url).origin, events, enabled],
  );
}

/** A delivery that waits. */
export async function makeDelivery(database: TestDatabase, webhookId: number, tag = 'v1'): Promise<string> {
  const facts = {
    id: randomUUID(),
    event: 'push',
    time: new Date().toISOString(),
    namespace: { id: 1, name: 'team' },
    repository: { id: 1, name: 'team/app' },
    registry: 'registry.test',
    tag,
    digest: `sha256:${'a'.repeat(64)}`,
    previous_digest: null,
    media_type: null,
    size: null,
    actor: null,
    learned_from: 'event',
  };
  return database.value<string>(
    `INSERT INTO webhook_deliveries (webhook_id, uuid, event, facts) VALUES ($1, $2, 'push', $3) RETURNING id::text`,
    [webhookId, randomUUID(), JSON.stringify(facts)],
  );
}
