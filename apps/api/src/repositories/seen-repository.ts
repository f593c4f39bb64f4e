import type { PolicyOptions } from '#domain/policy/facts.js';
import type { RepositoryRow } from '#persistence/repositories.repository.js';
import type { Person } from '../http/access.js';
import { mayActOn } from '../http/viewer.js';

/** A repository, and whether the one who looks may delete it. */
export type SeenRepository = RepositoryRow & { destroyable: boolean };

export function seenRepository(person: Person, row: RepositoryRow, options: PolicyOptions): SeenRepository {
  return { ...row, destroyable: mayActOn(person, 'delete', row, options) };
}
