import { AppError } from '#domain/errors/app-error.js';
import { decide } from '#domain/policy/decide.js';
import type { NamespaceFacts, PolicyOptions } from '#domain/policy/facts.js';
import type { Viewer } from '#persistence/namespaces.repository.js';
import type { Person } from './access.js';

export function viewerOf(person: Person): Viewer {
  return { userId: person.userId, admin: person.admin };
}

/**
 * Throws unless the policy allows the person to pull from the namespace. Answers "not found" and not "forbidden": that
 * somebody else's private image exists is a secret.
 */
export function requirePull(person: Person, facts: NamespaceFacts, options: PolicyOptions, name: string): void {
  if (!decide(person, 'pull', facts, options, name).allow) throw new AppError('not_found', 'Not found');
}

/** As {@link requirePull}, for a row that carries what is needed of its namespace. */
export function requirePullOf(
  person: Person,
  row: Pick<NamespaceFacts, 'visibility' | 'ownerId' | 'role'> & {
    namespaceId: number;
    namespaceName: string;
    namespaceKind: NamespaceFacts['kind'];
  },
  options: PolicyOptions,
): void {
  const { namespaceId: id, namespaceKind: kind, visibility, ownerId, role } = row;
  requirePull(person, { id, kind, visibility, ownerId, role }, options, row.namespaceName);
}
