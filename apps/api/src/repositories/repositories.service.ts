import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { type Listed, mapListed, type Page, type REPOSITORY_SORTS, type TAG_SORTS } from '#persistence/listing.js';
import { RepositoriesRepository } from '#persistence/repositories.repository.js';
import { type TagRow, TagsRepository } from '#persistence/tags.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import type { Paging } from '../http/list-query.js';
import { policyOptions } from '../http/policy-options.js';
import { requirePullOf, viewerOf } from '../http/viewer.js';
import { type SeenRepository, seenRepository } from './seen-repository.js';

/** Tags of a repository are answered whole, as in Portus, up to this number. */
export const MAX_TAGS = 10_000;

@Injectable()
export class RepositoriesService {
  constructor(
    private readonly repositories: RepositoriesRepository,
    private readonly tags: TagsRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async list(person: Person, paging: Paging<(typeof REPOSITORY_SORTS)[number]>): Promise<Listed<SeenRepository>> {
    const listed = await this.repositories.page(viewerOf(person), paging);
    return mapListed(listed, (row) => seenRepository(person, row, this.settings));
  }

  async get(person: Person, id: number): Promise<SeenRepository> {
    const row = await this.repositories.find(viewerOf(person), id);
    if (row === null) throw new AppError('not_found', 'Not found');
    requirePullOf(person, row, policyOptions(this.settings));
    return seenRepository(person, row, this.settings);
  }

  async tagsOf(person: Person, id: number, page: Page<(typeof TAG_SORTS)[number]>): Promise<Listed<TagRow>> {
    await this.get(person, id);
    return this.tags.ofRepository(viewerOf(person), id, page);
  }

  /** Tags that point to the same digest are together; the group that was changed last comes first. */
  async groupedTagsOf(person: Person, id: number): Promise<TagRow[][]> {
    const newestFirst = (a: TagRow, b: TagRow): number => b.updatedAt.getTime() - a.updatedAt.getTime();
    const groups = new Map<string, TagRow[]>();
    const { items } = await this.tagsOf(person, id, { skip: 0, take: MAX_TAGS, sort: 'id', order: 'ASC' });
    for (const tag of items.toSorted(newestFirst)) {
      groups.set(tag.digest, [...(groups.get(tag.digest) ?? []), tag]);
    }
    return [...groups.values()];
  }

  /** A tag of another repository is not found here. */
  async tagOf(person: Person, id: number, tagId: number): Promise<TagRow> {
    await this.get(person, id);
    const tag = await this.tags.find(viewerOf(person), tagId);
    if (tag === null || tag.repositoryId !== id) throw new AppError('not_found', 'Not found');
    return tag;
  }
}
