import { Inject, Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { type NamespaceRow, NamespacesRepository } from '#persistence/namespaces.repository.js';
import { RepositoriesRepository, type RepositoryRow } from '#persistence/repositories.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { policyOptions } from '../http/policy-options.js';
import { requireActionOn, viewerOf } from '../http/viewer.js';

/** Repositories and namespaces that a person may delete. */
@Injectable()
export class DeletionPlaces {
  constructor(
    private readonly repositories: RepositoriesRepository,
    private readonly namespaces: NamespacesRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async repository(person: Person, id: number): Promise<RepositoryRow> {
    const row = await this.repositories.find(viewerOf(person), id);
    if (row === null) throw new AppError('not_found', 'Not found');
    requireActionOn(person, 'delete', row, policyOptions(this.settings));
    return row;
  }

  /** The global namespace belongs to the registry, and a personal one to its user: they stay, as in Portus. */
  async namespace(person: Person, id: number): Promise<NamespaceRow> {
    const row = await this.namespaces.find(viewerOf(person), id);
    if (row === null) throw new AppError('not_found', 'Not found');
    const place = { ...row, namespaceId: row.id, namespaceName: row.name, namespaceKind: row.kind };
    requireActionOn(person, 'delete', place, policyOptions(this.settings));
    if (row.kind === 'global') throw new AppError('forbidden', 'Authorization fails');
    if (row.kind === 'personal') throw new InvalidError({ namespace: ['Cannot remove personal namespace'] });
    return row;
  }

  /** All namespaces of a team, visible or not: whoever may delete it is its owner. */
  async ofTeam(teamId: number): Promise<number[]> {
    return this.namespaces.idsOfTeam(teamId);
  }

  async countsOf(namespaceIds: readonly number[]): Promise<{ repositories: number; tags: number }> {
    return this.repositories.countsOf(namespaceIds);
  }
}
