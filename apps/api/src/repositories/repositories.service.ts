import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { Listed, REPOSITORY_SORTS } from '#persistence/listing.js';
import { RepositoriesRepository, type RepositoryRow } from '#persistence/repositories.repository.js';
import { type TagRow, TagsRepository } from '#persistence/tags.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import type { Paging } from '../http/list-query.js';
import { policyOptions } from '../http/policy-options.js';
import { requirePullOf, viewerOf } from '../http/viewer.js';

/** Tags of a repository are not paged in Portus's API; more than these are cut. */
const MAX_TAGS = 10_000;

@Injectable()
export class RepositoriesService {
  constructor(
    private readonly repositories: RepositoriesRepository,
    private readonly tags: TagsRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async list(person: Person, paging: Paging<(typeof REPOSITORY_SORTS)[number]>): Promise<Listed<RepositoryRow>> {
    return this.repositories.page(viewerOf(person), paging);
  }

  async get(person: Person, id: number): Promise<RepositoryRow> {
    const row = await this.repositories.find(viewerOf(person), id);
    if (row === null) throw new AppError('not_found', 'Not found');
    requirePullOf(person, row, policyOptions(this.settings));
    return row;
  }

  async tagsOf(person: Person, id: number): Promise<TagRow[]> {
    await this.get(person, id);
    return this.tags.ofRepository(viewerOf(person), id, MAX_TAGS);
  }
}
