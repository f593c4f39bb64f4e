import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { Listed, Page } from '#persistence/listing.js';
import { type Explored, type Found, SEARCH_TYPES, SearchRepository } from '#persistence/search.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { viewerOf } from '../http/viewer.js';
import type { SearchQuery } from './search.dto.js';

@Injectable()
export class SearchService {
  constructor(
    private readonly repository: SearchRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async search(person: Person, { search, type, limit }: SearchQuery): Promise<Found[]> {
    const colon = search.indexOf(':');
    const text = colon > 0 ? search.slice(0, colon) : search;
    const found: Found[] = [];
    for (const one of type === undefined ? SEARCH_TYPES : [type]) {
      found.push(...(await this.repository.find(viewerOf(person), one, text, limit)));
    }
    return found;
  }

  /** For visitors, where the site lets them. */
  async explore(page: Page<'name'>): Promise<Listed<Explored>> {
    const open = this.settings.anonymousBrowsing && this.settings.anonymousAccess;
    if (!open) throw new AppError('unauthenticated', 'Authentication fails');
    return this.repository.explore(page);
  }
}
