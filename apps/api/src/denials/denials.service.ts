import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { type DenialRow, DenialsRepository } from '#persistence/denials.repository.js';
import type { Listed, Page } from '#persistence/listing.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Person } from '../http/access.js';
import type { DenialsQuery } from './denials.dto.js';

export interface ToldDenial {
  row: DenialRow;
  /** The reason that the reader may learn. */
  reason: string;
}

/** Lists what was refused at the token endpoint: everybody's for administrators, the own for all others. */
@Injectable()
export class DenialsService {
  constructor(
    private readonly denials: DenialsRepository,
    private readonly users: UsersRepository,
  ) {}

  async list(person: Person, query: DenialsQuery, page: Page<'last_at'>): Promise<Listed<ToldDenial>> {
    const reasonIs = person.admin ? 'reason' : 'told';
    const { repository, action, reason } = query;
    const filter = { userId: await this.whose(person, query.user), repository, action, reason, reasonIs } as const;
    const { items, ...rest } = await this.denials.page(filter, page);
    return { ...rest, items: items.map((row) => ({ row, reason: row[reasonIs] })) };
  }

  /** Whose denials are asked for: undefined is everybody's, null nobody's in particular. */
  private async whose(person: Person, name: string | undefined): Promise<number | null | undefined> {
    if (!person.admin) {
      const own = name === undefined || name.toLowerCase() === person.username.toLowerCase();
      if (!own) throw new AppError('forbidden', 'Authorization fails');
      return person.userId;
    }
    if (name === undefined) return undefined;
    if (name === '') return null;
    const user = await this.users.findByName(name);
    if (user === null) throw new AppError('not_found', 'Not found');
    return user.id;
  }
}
