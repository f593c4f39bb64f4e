import { Inject, Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { NamespaceFacts, Visibility } from '#domain/policy/facts.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import { Database } from '#persistence/database.js';
import type { Listed, NAMESPACE_SORTS } from '#persistence/listing.js';
import { type NamespaceRow, NamespacesRepository } from '#persistence/namespaces.repository.js';
import { type RepositoryRow, RepositoriesRepository } from '#persistence/repositories.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { MAX_PER_PAGE, type Paging } from '../http/list-query.js';
import { policyOptions } from '../http/policy-options.js';
import { requirePull, viewerOf } from '../http/viewer.js';

@Injectable()
export class NamespacesService {
  constructor(
    private readonly namespaces: NamespacesRepository,
    private readonly repositories: RepositoriesRepository,
    private readonly activities: ActivitiesRepository,
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async list(person: Person, paging: Paging<(typeof NAMESPACE_SORTS)[number]>): Promise<Listed<NamespaceRow>> {
    return this.namespaces.page(viewerOf(person), paging);
  }

  async get(person: Person, id: number): Promise<NamespaceRow> {
    const row = await this.namespaces.find(viewerOf(person), id);
    if (row === null) throw new AppError('not_found', 'Not found');
    requirePull(person, factsOf(row), policyOptions(this.settings), row.name);
    return row;
  }

  async repositoriesOf(person: Person, id: number): Promise<RepositoryRow[]> {
    await this.get(person, id);
    const page = { skip: 0, take: MAX_PER_PAGE, sort: 'id', order: 'ASC' } as const;
    return (await this.repositories.page(viewerOf(person), page, id)).items;
  }

  /** Administrators and owners of its team; a global namespace is never private. */
  async setVisibility(person: Person, by: By, id: number, visibility: Visibility): Promise<NamespaceRow> {
    const row = await this.get(person, id);
    if (!person.admin && row.role !== 'owner') throw new AppError('forbidden', 'Authorization fails');
    if (row.kind === 'global' && visibility === 'private') {
      throw new InvalidError({ visibility: ['of the global namespace can not be private'] });
    }
    if (row.visibility === visibility) return row;
    const details = { before: { visibility: row.visibility }, after: { visibility } };
    await this.database.transaction(async (sql) => {
      await this.namespaces.setVisibility(id, visibility, sql);
      await this.activities.record(
        by,
        {
          key: 'namespace.change_visibility',
          subjectType: 'namespace',
          subjectId: id,
          subjectName: row.name,
          teamId: row.teamId,
          namespaceId: id,
          details,
        },
        sql,
      );
    });
    return this.get(person, id);
  }
}

function factsOf(row: NamespaceRow): NamespaceFacts {
  return { id: row.id, kind: row.kind, visibility: row.visibility, ownerId: row.ownerId, role: row.role };
}
