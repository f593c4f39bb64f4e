import { ACTIONS, isRepositoryScope, type Action, type Scope } from '../naming/scope.js';
import { splitRepositoryName } from '../naming/repository-name.js';
import { decide, type Decision, REFUSING } from './decide.js';
import { type Actor, isSecret, type NamespaceFacts, type PolicyOptions } from './facts.js';
import { allowsCatalog } from './token-limits.js';

/** What one scope of a token request was granted. */
export interface Grant {
  type: 'repository' | 'registry';
  name: string;
  actions: string[];
}

/** Every reason for which an action of a scope is refused. */
export const REFUSAL_REASONS = [...REFUSING, 'not-an-oci-name', 'unknown-type', 'not-admin', 'token-catalog'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** A refused action with its reason, for logs, metrics and "why?". */
export interface Refusal {
  scope: Scope;
  action: string;
  reason: RefusalReason;
  /** The reason that the one who asked may learn: a secret namespace looks like one that does not exist. */
  told: RefusalReason;
}

export interface GrantResult {
  granted: Grant[];
  refused: Refusal[];
}

/**
 * Decides every action of every scope by itself and returns those that are allowed (promise P4). Never errs: what is
 * unknown or malformed is refused. `*` on a repository becomes the concrete actions that are allowed; a literal `*` is
 * only ever granted for `registry:catalog`, to administrators and the service account.
 *
 * `factsOf` gives the facts of the namespace of a repository name, or null where it does not exist.
 */
export function grantScopes(
  actor: Actor,
  scopes: readonly Scope[],
  factsOf: (repository: string) => NamespaceFacts | null,
  options: PolicyOptions,
): GrantResult {
  const result: GrantResult = { granted: [], refused: [] };
  for (const scope of scopes) {
    if (isRepositoryScope(scope)) grantRepository(actor, scope, factsOf(scope.name), options, result);
    else if (scope.type === 'registry') grantRegistry(actor, scope, result);
    else refuseAll(scope, scope.type === 'repository' ? 'not-an-oci-name' : 'unknown-type', result);
  }
  return result;
}

function grantRepository(
  actor: Actor,
  scope: Scope,
  facts: NamespaceFacts | null,
  options: PolicyOptions,
  result: GrantResult,
): void {
  const actions = new Set<Action>();
  const name = namespaceOf(scope.name);
  const refuse = (asked: string, action: Action | undefined, reason: RefusalReason): void => {
    const told = action && isSecret(facts) ? decide(actor, action, null, options, name) : null;
    result.refused.push({ scope, action: asked, reason, told: told && !told.allow ? told.reason : reason });
  };
  for (const asked of scope.actions) {
    const wanted = asked === '*' ? ACTIONS : ACTIONS.filter((action) => action === asked);
    let last: Decision = { allow: false, reason: 'unknown-action' };
    for (const action of wanted) {
      last = decide(actor, action, facts, options, name);
      if (last.allow) actions.add(action);
    }
    if (asked !== '*' && !last.allow) refuse(asked, wanted[0], last.reason);
  }
  if (scope.actions.includes('*') && actions.size === 0) {
    const pull = decide(actor, 'pull', facts, options, name);
    if (!pull.allow) refuse('*', 'pull', pull.reason);
  }
  if (actions.size > 0) result.granted.push({ type: 'repository', name: scope.name, actions: [...actions] });
}

/** Name of the namespace of a repository; '' is the global one. */
export function namespaceOf(repository: string): string {
  return splitRepositoryName(repository).namespace ?? '';
}

function grantRegistry(actor: Actor, scope: Scope, result: GrantResult): void {
  const admin = actor.kind === 'service' || (actor.kind === 'user' && actor.admin && !actor.disabled && !actor.locked);
  const limits = actor.kind === 'user' ? (actor.token ?? null) : null;
  const permitted = limits === null || allowsCatalog(limits);
  if (scope.name === 'catalog' && scope.actions.includes('*') && admin && permitted) {
    result.granted.push({ type: 'registry', name: 'catalog', actions: ['*'] });
  }
  const refuse = (action: string, reason: RefusalReason): void =>
    void result.refused.push({ scope, action, reason, told: reason });
  for (const action of scope.actions) {
    if (scope.name !== 'catalog' || action !== '*') refuse(action, 'unknown-action');
    else if (!admin) refuse(action, 'not-admin');
    else if (!permitted) refuse(action, 'token-catalog');
  }
}

function refuseAll(scope: Scope, reason: RefusalReason, result: GrantResult): void {
  for (const action of scope.actions) result.refused.push({ scope, action, reason, told: reason });
}
