import { AppError } from '#domain/errors/app-error.js';
import { decide, type PolicyAction } from '#domain/policy/decide.js';
import type { NamespaceFacts, PolicyOptions } from '#domain/policy/facts.js';
import { allowsAction } from '#domain/policy/token-limits.js';
import type { Viewer } from '#persistence/namespaces.repository.js';
import type { Person } from './access.js';

/** Who looks, and with a restricted application token how far. */
export function viewerOf({ userId, admin, token }: Person): Viewer {
  if (!token) return { userId, admin };
  return { userId, admin, namespaces: allowsAction(token, 'pull') ? token.namespaces : [] };
}

/**
 * Throws unless the policy allows the person to pull from the namespace. Answers "not found" and not "forbidden": that
 * somebody else's private image exists is a secret.
 */
export function requirePull(person: Person, facts: NamespaceFacts, options: PolicyOptions, name: string): void {
  if (!decide(person, 'pull', facts, options, name).allow) throw new AppError('not_found', 'Not found');
}

/** The part of a row that tells about its namespace. */
export type InNamespace = Pick<NamespaceFacts, 'visibility' | 'ownerId' | 'role'> & {
  namespaceId: number;
  namespaceName: string;
  namespaceKind: NamespaceFacts['kind'];
};

/** As {@link requirePull}, for a row that carries what is needed of its namespace. */
export function requirePullOf(person: Person, row: InNamespace, options: PolicyOptions): void {
  requirePull(person, factsOf(row), options, row.namespaceName);
}

/** Whether the policy allows the person one action in the namespace that the row lies in. */
export function mayActOn(person: Person, action: PolicyAction, row: InNamespace, options: PolicyOptions): boolean {
  return decide(person, action, factsOf(row), options, row.namespaceName).allow;
}

/** Throws "not found" to who may not even pull, and "forbidden" to who sees it and may not do this. */
export function requireActionOn(person: Person, action: PolicyAction, row: InNamespace, options: PolicyOptions): void {
  requirePullOf(person, row, options);
  if (!mayActOn(person, action, row, options)) throw new AppError('forbidden', 'Authorization fails');
}

function factsOf(row: InNamespace): NamespaceFacts {
  const { namespaceId: id, namespaceKind: kind, visibility, ownerId, role } = row;
  return { id, kind, visibility, ownerId, role };
}
