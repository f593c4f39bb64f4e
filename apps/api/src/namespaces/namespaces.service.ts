import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { NamespaceFacts } from '#domain/policy/facts.js';
import {
  type Listed,
  mapListed,
  type NAMESPACE_SORTS,
  type Page,
  type REPOSITORY_SORTS,
} from '#persistence/listing.js';
import { type NamespaceRow, NamespacesRepository } from '#persistence/namespaces.repository.js';
import { RepositoriesRepository } from '#persistence/repositories.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import type { Paging } from '../http/list-query.js';
import { policyOptions } from '../http/policy-options.js';
import { requirePull, viewerOf } from '../http/viewer.js';
import { type SeenNamespace, seenNamespace } from './seen-namespace.js';
import { type SeenRepository, seenRepository } from '../repositories/seen-repository.js';

type NamespaceSort = (typeof NAMESPACE_SORTS)[number];
type RepositorySort = (typeof REPOSITORY_SORTS)[number];

@Injectable()
export class NamespacesService {
  constructor(
    private readonly namespaces: NamespacesRepository,
    private readonly repositories: RepositoriesRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @param mine only those of one's own teams */
  async list(person: Person, paging: Paging<NamespaceSort>, mine: boolean): Promise<Listed<SeenNamespace>> {
    const listed = await this.namespaces.page(viewerOf(person), paging, mine);
    return mapListed(listed, (row) => seenNamespace(person, row, this.settings));
  }

  async get(person: Person, id: number): Promise<SeenNamespace> {
    const row = await this.namespaces.find(viewerOf(person), id);
    if (row === null) throw new AppError('not_found', 'Not found');
    requirePull(person, factsOf(row), policyOptions(this.settings), row.name);
    return seenNamespace(person, row, this.settings);
  }

  async repositoriesOf(person: Person, id: number, page: Page<RepositorySort>): Promise<Listed<SeenRepository>> {
    await this.get(person, id);
    const listed = await this.repositories.page(viewerOf(person), page, id);
    return mapListed(listed, (row) => seenRepository(person, row, this.settings));
  }

  /** The namespaces of one team; that the person may see the team was asked before. */
  async ofTeam(person: Person, teamId: number, page: Page<NamespaceSort>): Promise<Listed<SeenNamespace>> {
    const listed = await this.namespaces.ofTeam(viewerOf(person), teamId, page);
    return mapListed(listed, (row) => seenNamespace(person, row, this.settings));
  }
}

function factsOf(row: NamespaceRow): NamespaceFacts {
  return { id: row.id, kind: row.kind, visibility: row.visibility, ownerId: row.ownerId, role: row.role };
}
