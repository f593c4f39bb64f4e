import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { Listed, TAG_SORTS } from '#persistence/listing.js';
import { type TagRow, TagsRepository } from '#persistence/tags.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import type { Paging } from '../http/list-query.js';
import { policyOptions } from '../http/policy-options.js';
import { requirePullOf, viewerOf } from '../http/viewer.js';

@Injectable()
export class TagsService {
  constructor(
    private readonly tags: TagsRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async list(person: Person, paging: Paging<(typeof TAG_SORTS)[number]>): Promise<Listed<TagRow>> {
    return this.tags.page(viewerOf(person), paging);
  }

  async get(person: Person, id: number): Promise<TagRow> {
    const row = await this.tags.find(viewerOf(person), id);
    if (row === null) throw new AppError('not_found', 'Not found');
    requirePullOf(person, row, policyOptions(this.settings));
    return row;
  }
}
