import { Inject, Injectable } from '@nestjs/common';
import { SERVICE_ACCOUNT } from '#catalog/registry-clients.js';
import { RegistryClocks } from '#catalog/registry-clocks.js';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { Doorbell } from '#queues/doorbell.js';
import { parseEnvelope } from './parse-envelope.js';
import { RegistrySecrets } from './registry-secrets.js';
import { WebhookRecord } from './webhook-record.js';

/** Processes of registries that were seen; a longer list than any site's restarts between two of ours. */
const MAX_INSTANCES = 1_000;
/** That a registry was heard is noted this often, milliseconds: its row must not be written with every push. */
const HEARD_MS = 5_000;

/** Takes notifications in: authenticate, parse, store, answer. It never calls a registry and never waits for a queue. */
@Injectable()
export class WebhooksService {
  private readonly secrets: RegistrySecrets;
  private readonly instances = new Set<string>();
  private readonly heard = new Map<number, number>();

  constructor(
    private readonly registries: RegistriesRepository,
    private readonly inbox: InboxRepository,
    private readonly doorbell: Doorbell,
    private readonly record: WebhookRecord,
    private readonly clocks: RegistryClocks,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.secrets = new RegistrySecrets(registries);
  }

  /** The registry that speaks; null for a wrong secret. Throws while the database can not tell. */
  async registryOf(authorization: string | undefined): Promise<number | null> {
    return this.secrets.registryOf(authorization);
  }

  /** Stores what the body holds. Throws only when it could not be stored: then the registry must send it again. */
  async take(registryId: number, body: { bytes: Buffer; tooLarge: boolean }, requestId: string): Promise<void> {
    const envelope = parseEnvelope(body.bytes, body.tooLarge, SERVICE_ACCOUNT);
    await this.inbox.store(registryId, envelope.events);
    const pulls = this.inbox.storePulls(registryId, envelope.pulls);
    pulls.catch((error: Error) => this.logger.warn({ requestId, error: error.message }, 'pulls were not counted'));
    this.record.took(envelope);
    for (const { occurredAt } of envelope.events) if (occurredAt) this.clocks.hint(registryId, occurredAt);
    const rejected = envelope.events.filter((event) => event.rejected !== null);
    if (envelope.events.length > rejected.length) this.doorbell.ring('registry-events', requestId);
    for (const { rejected: reason } of rejected)
      this.logger.warn({ requestId, registryId, reason }, 'a notification was rejected');
    if (rejected.length > 0) this.doorbell.ring('catalog-sync', requestId);
    for (const instance of envelope.instances) void this.noteInstance(registryId, instance);
    this.noteHeard(registryId);
  }

  /** After the answer; nobody waits for it. */
  private noteHeard(registryId: number): void {
    const now = Date.now();
    if (now - (this.heard.get(registryId) ?? -Infinity) < HEARD_MS) return;
    this.heard.set(registryId, now);
    this.registries.noteHeard(registryId).catch((error: Error) => {
      this.logger.debug({ registryId, error: error.message }, 'that a registry was heard could not be noted');
    });
  }

  /** After the answer. A failure is met again with the next notification of that process. */
  private async noteInstance(registryId: number, instance: string): Promise<void> {
    const key = `${registryId}:${instance}`;
    if (this.instances.has(key)) return;
    try {
      if (await this.registries.noteInstance(registryId, instance)) this.doorbell.ring('catalog-sync');
      if (this.instances.size >= MAX_INSTANCES) this.instances.clear();
      this.instances.add(key);
    } catch (error) {
      this.logger.warn({ registryId, error: (error as Error).message }, 'a restart of a registry could not be noted');
    }
  }
}
