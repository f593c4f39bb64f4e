import { decideOperation } from '#domain/policy/manage.js';
import type { RepositoryRow } from '#persistence/repositories.repository.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { manageOptions, policyOptions } from '../http/policy-options.js';
import { mayActOn } from '../http/viewer.js';

/** A repository, and whether the one who looks may describe and delete it. */
export type SeenRepository = RepositoryRow & { updatable: boolean; destroyable: boolean };

export function seenRepository(person: Person, row: RepositoryRow, settings: Settings): SeenRepository {
  return {
    ...row,
    updatable: mayDescribe(person, row, settings),
    destroyable: mayActOn(person, 'delete', row, policyOptions(settings)),
  };
}

export function mayDescribe(person: Person, { role }: Pick<RepositoryRow, 'role'>, settings: Settings): boolean {
  return decideOperation(person, 'repository.describe', { role, hidden: false }, manageOptions(settings)).allow;
}
