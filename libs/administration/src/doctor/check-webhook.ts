import { randomUUID } from 'node:crypto';
import { throwawayManifest } from '#domain/manifest/throwaway.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import type { Database } from '#persistence/database.js';
import { EventLogRepository, type EventRow } from '#persistence/event-log.repository.js';
import { RegistryError } from '#registry/errors.js';
import type { RegistryClient } from '#registry/registry-client.js';
import type { Findings } from './finding.js';

/** Lies in the global namespace: no namespace is made for it. */
export const CANARY_REPOSITORY = 'portus-canary';

export interface WebhookParts {
  registry: Registry;
  database: Database;
  client: RegistryClient;
  /** Where the registry should post; null: not known. */
  webhookUrl: string | null;
  patienceMs: number;
}

const POLL_MS = 100;

/**
 * Pushes an index of nothing, waits for its notification and for a worker that handles it, and deletes it again. What
 * stays at the registry is an empty repository.
 */
export async function checkWebhook(found: Findings, parts: WebhookParts): Promise<void> {
  const { registry, client } = parts;
  if (registry.webhookSecretHash === null && !registry.unsignedEvents) {
    return found.wrong(
      'webhook',
      'it has no webhook secret, so its notifications are refused',
      `portus registry config ${registry.name} --new-secret`,
    );
  }
  const { mediaType, body } = throwawayManifest(`doctor-${randomUUID()}`);
  const begun = new Date();
  let digest: string;
  try {
    ({ digest } = await client.putManifest(CANARY_REPOSITORY, 'canary', mediaType, body));
  } catch (error) {
    const reason = error instanceof RegistryError ? error.message : String(error);
    return found.skip('webhook', `the canary could not be pushed: ${reason}`);
  }
  try {
    await judge(found, parts, digest, begun);
  } finally {
    const gone = await client.deleteManifest(CANARY_REPOSITORY, digest).catch(() => null);
    if (gone !== 'deleted') found.warn('canary', `${CANARY_REPOSITORY}:canary stays at the registry`, null);
  }
}

async function judge(found: Findings, parts: WebhookParts, digest: string, begun: Date): Promise<void> {
  const log = new EventLogRepository(parts.database);
  // The database's clock dates the events.
  const filter = {
    registryId: parts.registry.id,
    repository: CANARY_REPOSITORY,
    from: new Date(begun.getTime() - 60_000),
  };
  const heard = async (): Promise<EventRow | null> => {
    const page = { skip: 0, take: 100, sort: 'received_at', order: 'DESC' } as const;
    const { items: rows } = await log.page(filter, page);
    return rows.find((row) => row.digest === digest && row.action === 'push') ?? null;
  };
  const event = await within(parts.patienceMs, heard);
  if (event === null) return notHeard(found, parts);
  found.ok('webhook', 'its notifications arrive, with the right secret');
  const handled = async (): Promise<EventRow | null> => {
    const row = await heard();
    return row !== null && row.state !== 'received' && row.state !== 'failed' ? row : null;
  };
  if ((await within(parts.patienceMs, handled)) !== null) found.ok('worker', 'a worker handles them');
  else found.wrong('worker', 'no worker handles them', 'start a worker: node dist/programs/worker.js');
}

function notHeard(found: Findings, { registry, webhookUrl, patienceMs }: WebhookParts): void {
  const url = `${webhookUrl ?? '<url of Portus, as the registry reaches it>'}/v2/webhooks/events`;
  const since = registry.lastInstanceId === null ? 'none ever came' : 'earlier ones came';
  found.wrong(
    'webhook',
    `the notification of a push did not arrive within ${patienceMs / 1000} s (${since}): it is sent elsewhere, with another secret, or not at all`,
    `config.yml of the registry: notifications.endpoints[].url: ${JSON.stringify(url)}, and headers.Authorization: ["Bearer <its webhook secret>"]; a new secret: portus registry config ${registry.name} --new-secret`,
  );
}

async function within<T>(patienceMs: number, look: () => Promise<T | null>): Promise<T | null> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen !== null || Date.now() >= end) return seen;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
