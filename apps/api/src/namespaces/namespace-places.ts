import { Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { type TeamRow, TeamsRepository } from '#persistence/teams.repository.js';
import type { Person } from '../http/access.js';
import { viewerOf } from '../http/viewer.js';

/** Where a namespace may lie: a registry and a team. */
@Injectable()
export class NamespacePlaces {
  constructor(
    private readonly registries: RegistriesRepository,
    private readonly teams: TeamsRepository,
  ) {}

  /** Portus knew one registry: without an id it is the first. */
  async registryId(id: number | undefined): Promise<number> {
    const registries = await this.registries.all();
    const registry = id === undefined ? registries[0] : registries.find((one) => one.id === id);
    if (registry === undefined) throw new InvalidError({ registry: ['is not known'] });
    return registry.id;
  }

  /** By its name; a team that the person may not see does not exist, and hidden ones take no namespaces. */
  async team(person: Person, name: string): Promise<TeamRow> {
    const team = await this.teams.findByName(viewerOf(person), name);
    const visible = team !== null && !team.hidden && (person.admin || team.role !== null);
    if (!visible) throw new AppError('not_found', 'Not found');
    return team;
  }
}
