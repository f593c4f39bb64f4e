import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { Listed, Page } from '#persistence/listing.js';
import { type ManifestRow, ManifestsRepository, type ReferrerRow } from '#persistence/manifests.repository.js';
import { type RevisionRow, TagHistoryRepository } from '#persistence/tag-history.repository.js';
import type { Person } from '../http/access.js';
import { TagsService } from './tags.service.js';

/** More referrers of one tag are cut. */
const MAX_REFERRERS = 1_000;

/** What is known about the manifest of a tag, for whoever may pull it. */
@Injectable()
export class TagFactsService {
  constructor(
    private readonly tags: TagsService,
    private readonly manifests: ManifestsRepository,
    private readonly history: TagHistoryRepository,
  ) {}

  async manifestOf(person: Person, id: number): Promise<ManifestRow> {
    await this.tags.get(person, id);
    const row = await this.manifests.ofTag(id);
    if (row === null) throw new AppError('not_found', 'Not found');
    return row;
  }

  /** Signatures, SBOMs, attestations and other artifacts that describe it. */
  async referrersOf(person: Person, id: number): Promise<ReferrerRow[]> {
    const tag = await this.tags.get(person, id);
    return this.manifests.referrersOf(tag.repositoryId, tag.digest, MAX_REFERRERS);
  }

  /** Every digest that the tag had, newest first. */
  async historyOf(person: Person, id: number, page: Page<'id'>): Promise<Listed<RevisionRow>> {
    const tag = await this.tags.get(person, id);
    return this.history.page(tag.repositoryId, tag.name, page);
  }
}
