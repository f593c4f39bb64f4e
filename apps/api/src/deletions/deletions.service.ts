import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { type DeletionRow, DeletionsRepository, type ItemRow } from '#persistence/deletions.repository.js';
import type { Listed, Page } from '#persistence/listing.js';
import type { Person } from '../http/access.js';

/** Deletions as they go on: administrators see all, others those that they asked for. */
@Injectable()
export class DeletionsService {
  constructor(private readonly deletions: DeletionsRepository) {}

  async list(person: Person, page: Page<'id'>): Promise<Listed<DeletionRow>> {
    return this.deletions.page(person.admin ? null : person.userId, page);
  }

  async get(person: Person, id: number): Promise<DeletionRow> {
    const row = await this.deletions.find(id);
    if (row === null || (!person.admin && row.actorId !== person.userId)) throw new AppError('not_found', 'Not found');
    return row;
  }

  async itemsOf(person: Person, id: number, page: Page<'id'>): Promise<Listed<ItemRow>> {
    await this.get(person, id);
    return this.deletions.items(id, page);
  }
}
