import { Injectable } from '@nestjs/common';
import { RegistryClients } from '#catalog/registry-clients.js';
import { AppError } from '#domain/errors/app-error.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import type { Listed } from '#persistence/listing.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { reachabilityProblem } from '#registry/reachability.js';
import type { Paging } from '../http/list-query.js';
import { hostnameSchema, type RegistryValidation } from './registries.dto.js';

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
    return this.registries.page(paging);
  }

  async get(id: number): Promise<Registry> {
    const registry = await this.registries.find(id);
    if (registry === null) throw new AppError('not_found', 'Not found');
    return registry;
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
