import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import type { Sql } from '#persistence/database.js';
import { RegistriesRepository, RegistryTakenError } from '#persistence/registries.repository.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import type { RegistryBody, RegistryChanges } from './registries.dto.js';
import { RegistriesService } from './registries.service.js';

const UNIQUE = {
  registries_name_key: 'name',
  registries_hostname_key: 'hostname',
  registries_external_hostname_key: 'external_hostname',
  registries_unsigned_events_key: 'unsigned_events',
};

const SECRET_BYTES = 32;

/** Making and changing registries; all of it stands in the activities, no secret does. */
@Injectable()
export class RegistryChangesService {
  constructor(
    private readonly service: RegistriesService,
    private readonly registries: RegistriesRepository,
    private readonly activities: ActivitiesRepository,
  ) {}

  /**
   * Makes a registry that is reachable and speaks v2; 422 with the reason otherwise.
   *
   * @param force also one that does not answer now
   */
  async create(by: By, input: RegistryBody, force: boolean): Promise<Registry> {
    if (!force) await this.mustBeReachable(input.hostname, input.use_ssl);
    const { name, hostname } = input;
    const columns = {
      name,
      hostname,
      externalHostname: input.external_hostname ?? null,
      useSsl: input.use_ssl,
      webhookSecret: input.webhook_secret ?? null,
      unsignedEvents: input.unsigned_events ?? false,
      syncStrategy: input.sync_strategy ?? null,
    };
    const details = { ...withoutSecret(columns), forced: force };
    return ownOr422(() => this.registries.create(columns, this.tell(by, 'registry.create', name, details)));
  }

  /**
   * Changes a registry. The hostname is fixed while it has repositories: they would belong to another registry.
   *
   * @param force also to where nothing answers now
   */
  async update(by: By, id: number, input: RegistryChanges, force: boolean): Promise<Registry> {
    const registry = await this.service.get(id);
    const changes = changedColumns(registry, input);
    if (Object.keys(changes).length === 0) return registry;
    if (changes.hostname !== undefined && (await this.registries.hasRepositories(id))) {
      throw new InvalidError({ hostname: ['can not be changed while repositories exist'] });
    }
    if (!force && (changes.hostname !== undefined || changes.useSsl !== undefined)) {
      await this.mustBeReachable(changes.hostname ?? registry.hostname, changes.useSsl ?? registry.useSsl);
    }
    const before = Object.fromEntries(
      Object.keys(withoutSecret(changes)).map((key) => [key, registry[key as keyof Registry]]),
    );
    const details = { before, after: withoutSecret(changes), secret: changes.webhookSecret !== undefined };
    const tell = this.tell(by, 'registry.update', changes.name ?? registry.name, details);
    return (await ownOr422(() => this.registries.update(id, changes, tell))) ?? registry;
  }

  /**
   * Makes a new webhook secret, which is shown this once; the present one stays valid beside it until it is forgotten.
   * 409 while an earlier one still is: the registry may be using that.
   */
  async rotateSecret(by: By, id: number): Promise<string> {
    const { name } = await this.service.get(id);
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const outcome = await this.registries.rotateSecret(id, secret, this.tell(by, 'registry.rotate_secret', name, {}));
    if (outcome === 'unknown') throw new AppError('not_found', 'Not found');
    if (outcome === 'former in use') {
      throw new AppError('conflict', 'a former secret is still valid: end it first (DELETE …/former_secret)');
    }
    return secret;
  }

  /** Ends the former webhook secret; nothing when there is none. */
  async forgetFormerSecret(by: By, id: number): Promise<void> {
    const { name } = await this.service.get(id);
    await this.registries.forgetFormerSecret(id, this.tell(by, 'registry.update', name, { former_secret: 'ended' }));
  }

  private tell(by: By, key: NewActivity['key'], subjectName: string, details: Record<string, unknown>) {
    return async (sql: Sql, id: number): Promise<void> => {
      await this.activities.record(by, { key, subjectType: 'registry', subjectId: id, subjectName, details }, sql);
    };
  }

  private async mustBeReachable(hostname: string, useSsl: boolean): Promise<void> {
    const problem = await this.service.reachability(hostname, useSsl);
    if (problem !== null) throw new InvalidError({ hostname: [problem] });
  }
}

type Columns = Parameters<RegistriesRepository['update']>[1];

/** What differs; a secret always does, it is not known. */
function changedColumns(registry: Registry, input: RegistryChanges): Columns {
  const columns = {
    name: input.name,
    hostname: input.hostname,
    useSsl: input.use_ssl,
    externalHostname: input.external_hostname,
    unsignedEvents: input.unsigned_events,
    syncStrategy: input.sync_strategy,
  };
  const changed = Object.entries(columns).filter(
    ([key, value]) => value !== undefined && value !== registry[key as keyof Registry],
  );
  const secret = input.webhook_secret;
  return { ...Object.fromEntries(changed), ...(secret === undefined ? {} : { webhookSecret: secret }) };
}

function withoutSecret(columns: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(columns).filter(([key]) => key !== 'webhookSecret'));
}

/** Runs `work`; what is another registry's already becomes 422 on its field. */
async function ownOr422<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await uniqueOr422(UNIQUE, work);
  } catch (error) {
    if (!(error instanceof RegistryTakenError)) throw error;
    throw new InvalidError({ [error.field]: ['has already been taken'] });
  }
}
