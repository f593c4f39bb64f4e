import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RegistryClients } from '#catalog/registry-clients.js';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import type { Listed } from '#persistence/listing.js';
import { RegistriesRepository, RegistryTakenError } from '#persistence/registries.repository.js';
import { reachabilityProblem } from '#registry/reachability.js';
import type { Paging } from '../http/list-query.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import { hostnameSchema, type RegistryBody, type RegistryChanges, type RegistryValidation } from './registries.dto.js';

const UNIQUE = {
  registries_name_key: 'name',
  registries_hostname_key: 'hostname',
  registries_external_hostname_key: 'external_hostname',
  registries_unsigned_events_key: 'unsigned_events',
};

const SECRET_BYTES = 32;

export interface Status {
  messages: Record<string, string[]>;
  valid: boolean;
}

@Injectable()
export class RegistriesService {
  constructor(
    private readonly registries: RegistriesRepository,
    private readonly clients: RegistryClients,
  ) {}

  async list(paging: Paging<'id' | 'name'>): Promise<Listed<Registry>> {
    const [items, total] = await this.registries.page(paging.skip, paging.take, paging.sort, paging.order);
    return { items, total };
  }

  async get(id: number): Promise<Registry> {
    const registry = await this.registries.find(id);
    if (registry === null) throw new AppError('not_found', 'Not found');
    return registry;
  }

  /** Makes a registry that is reachable and speaks v2; 422 with the reason otherwise. */
  async create(input: RegistryBody): Promise<Registry> {
    await this.mustBeReachable(input.hostname, input.use_ssl);
    return ownOr422(() =>
      this.registries.create({
        name: input.name,
        hostname: input.hostname,
        externalHostname: input.external_hostname ?? null,
        useSsl: input.use_ssl,
        webhookSecret: input.webhook_secret ?? null,
        unsignedEvents: input.unsigned_events ?? false,
        syncStrategy: input.sync_strategy ?? null,
      }),
    );
  }

  /** Changes a registry. The hostname is fixed while it has repositories: they would belong to another registry. */
  async update(id: number, changes: RegistryChanges): Promise<Registry> {
    const registry = await this.get(id);
    const moved = changes.hostname !== undefined && changes.hostname !== registry.hostname;
    if (moved && (await this.registries.hasRepositories(id))) {
      throw new InvalidError({ hostname: ['can not be changed while repositories exist'] });
    }
    if (moved || changes.use_ssl !== undefined) {
      await this.mustBeReachable(changes.hostname ?? registry.hostname, changes.use_ssl ?? registry.useSsl);
    }
    const columns = Object.fromEntries(
      Object.entries({
        name: changes.name,
        hostname: changes.hostname,
        useSsl: changes.use_ssl,
        externalHostname: changes.external_hostname,
        webhookSecret: changes.webhook_secret,
        unsignedEvents: changes.unsigned_events,
        syncStrategy: changes.sync_strategy,
      }).filter(([, value]) => value !== undefined),
    );
    if (Object.keys(columns).length > 0) await ownOr422(() => this.registries.update(id, columns));
    return (await this.registries.find(id)) ?? registry;
  }

  /**
   * Makes a new webhook secret, which is shown this once; the present one stays valid beside it until it is forgotten.
   * 409 while an earlier one still is: the registry may be using that.
   */
  async rotateSecret(id: number): Promise<string> {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const outcome = await this.registries.rotateSecret(id, secret);
    if (outcome === 'unknown') throw new AppError('not_found', 'Not found');
    if (outcome === 'former in use') {
      throw new AppError('conflict', 'a former secret is still valid: end it first (DELETE …/former_secret)');
    }
    return secret;
  }

  /** Ends the former webhook secret; nothing when there is none. */
  async forgetFormerSecret(id: number): Promise<void> {
    if (!(await this.registries.forgetFormerSecret(id))) throw new AppError('not_found', 'Not found');
  }

  /** Checks input without storing anything; `only` restricts the checks. */
  async validate(input: RegistryValidation): Promise<Status> {
    const only = [input.only ?? [], input['only[]'] ?? []].flat();
    const wanted = (field: string) => only.length === 0 || only.includes(field as never);
    const messages: Record<string, string[]> = {};
    const known = await this.registries.all();
    if (wanted('name')) {
      if (input.name.trim() === '') messages['name'] = ["can't be blank"];
      else if (known.some((one) => one.name === input.name)) messages['name'] = ['has already been taken'];
    }
    if (wanted('hostname')) {
      const problem = await this.hostnameProblem(input, known);
      if (problem !== null) messages['hostname'] = [problem];
    }
    if (wanted('external_hostname') && input.external_hostname) {
      const problem = nameProblem(input.external_hostname, known);
      if (problem !== null) messages['external_hostname'] = [problem];
    }
    return { messages, valid: Object.keys(messages).length === 0 };
  }

  private async hostnameProblem(input: RegistryValidation, known: Registry[]): Promise<string | null> {
    return nameProblem(input.hostname, known) ?? this.reachability(input.hostname, input.use_ssl);
  }

  private async mustBeReachable(hostname: string, useSsl: boolean): Promise<void> {
    const problem = await this.reachability(hostname, useSsl);
    if (problem !== null) throw new InvalidError({ hostname: [problem] });
  }

  /** null when a registry that speaks v2 answers there; else the reason, without anything of what was answered. */
  async reachability(hostname: string, useSsl: boolean): Promise<string | null> {
    return reachabilityProblem(() => this.clients.create({ hostname, useSsl, externalHostname: null }));
  }
}

/** Both names of a registry are a `service`, so either may be a name of no other. */
function nameProblem(name: string, known: Registry[]): string | null {
  if (!hostnameSchema.safeParse(name).success) return 'is not a hostname';
  const taken = known.some((one) => one.hostname === name || one.externalHostname === name);
  return taken ? 'has already been taken' : null;
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
