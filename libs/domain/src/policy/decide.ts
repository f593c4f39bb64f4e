import type { Action } from '../naming/scope.js';
import type { Actor, NamespaceFacts, PolicyOptions } from './facts.js';

/** Why a right was given or refused; stable codes, counted in metrics and shown to people. */
export type Reason =
  | 'service-account'
  | 'admin'
  | 'public'
  | 'protected'
  | 'role'
  | 'personal-owner'
  | 'user-disabled'
  | 'user-locked'
  | 'anonymous'
  | 'anonymous-access-off'
  | 'no-namespace'
  | 'not-a-member'
  | 'role-too-weak'
  | 'push-policy'
  | 'delete-disabled'
  | 'unknown-action';

export interface Decision {
  allow: boolean;
  reason: Reason;
}

const allow = (reason: Reason): Decision => ({ allow: true, reason });
const deny = (reason: Reason): Decision => ({ allow: false, reason });

/**
 * Decides whether the actor may do one action on the repositories of one namespace. Pure; default deny; every action is
 * decided by itself, whatever else was asked for. `namespace` is null where no such namespace exists: administrators
 * may push there (it is made, private, when the first event of it arrives), nobody else.
 */
export function decide(
  actor: Actor,
  action: Action,
  namespace: NamespaceFacts | null,
  options: PolicyOptions,
): Decision {
  if (actor.kind === 'service') return allow('service-account');
  if (actor.kind === 'user' && actor.disabled) return deny('user-disabled');
  if (actor.kind === 'user' && actor.locked) return deny('user-locked');
  if (actor.kind === 'anonymous' && !options.anonymousAccess) return deny('anonymous-access-off');
  switch (action) {
    case 'pull':
      return decidePull(actor, namespace);
    case 'push':
      return decidePush(actor, namespace, options);
    case 'delete':
      return decideDelete(actor, namespace, options);
    default:
      return deny('unknown-action');
  }
}

type Person = Exclude<Actor, { kind: 'service' }>;

function decidePull(actor: Person, namespace: NamespaceFacts | null): Decision {
  if (namespace?.visibility === 'public') return allow('public');
  if (actor.kind === 'anonymous') return deny('anonymous');
  if (actor.admin) return allow('admin');
  if (namespace === null) return deny('no-namespace');
  if (namespace.visibility === 'protected') return allow('protected');
  return namespace.role === null ? deny('not-a-member') : allow('role');
}

function decidePush(actor: Person, namespace: NamespaceFacts | null, options: PolicyOptions): Decision {
  if (actor.kind === 'anonymous') return deny('anonymous');
  if (actor.admin) return allow('admin');
  if (options.pushPolicy === 'admin-only') return deny('push-policy');
  if (namespace === null) return deny('no-namespace');
  const personal = namespace.kind === 'personal' && namespace.ownerId === actor.userId;
  if (options.pushPolicy === 'allow-personal') return personal ? allow('personal-owner') : deny('push-policy');
  return byRole(namespace, ['contributor', 'owner']);
}

function decideDelete(actor: Person, namespace: NamespaceFacts | null, options: PolicyOptions): Decision {
  if (actor.kind === 'anonymous') return deny('anonymous');
  if (!options.deleteEnabled) return deny('delete-disabled');
  if (actor.admin) return allow('admin');
  if (namespace === null) return deny('no-namespace');
  return byRole(namespace, options.contributorsDelete ? ['contributor', 'owner'] : ['owner']);
}

function byRole(namespace: NamespaceFacts, enough: readonly string[]): Decision {
  if (namespace.role === null) return deny('not-a-member');
  return enough.includes(namespace.role) ? allow('role') : deny('role-too-weak');
}
