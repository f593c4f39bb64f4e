import type { Action } from '../naming/scope.js';
import type { Actor, NamespaceFacts, PolicyOptions } from './facts.js';
import { allowsAction, allowsNamespace, type TokenLimits } from './token-limits.js';

/** What the API decides beside the actions of tokens; no token can ever carry one of these. */
export const API_ACTIONS = ['rollback', 'retention', 'accept_risk'] as const;
export type PolicyAction = Action | (typeof API_ACTIONS)[number];

/** Why a right was given. */
export const ALLOWING = ['service-account', 'admin', 'public', 'protected', 'role', 'personal-owner'] as const;

/** Why a right was refused. */
export const REFUSING = [
  'user-disabled',
  'user-locked',
  'token-expired',
  'token-action',
  'token-namespace',
  'anonymous',
  'anonymous-access-off',
  'no-namespace',
  'not-a-member',
  'role-too-weak',
  'push-policy',
  'delete-disabled',
  'unknown-action',
] as const;

/** Stable codes, counted in metrics and shown to people. */
export type Reason = (typeof ALLOWING)[number] | (typeof REFUSING)[number];

export type Decision =
  { allow: true; reason: (typeof ALLOWING)[number] } | { allow: false; reason: (typeof REFUSING)[number] };

/** Everything that a decision is made of. */
export interface Case {
  actor: Actor;
  namespace: NamespaceFacts | null;
  /** Of the namespace, whether it exists or not; null: not known to the caller. */
  name: string | null;
  options: PolicyOptions;
}

/** One rule: when it holds, it decides. */
export type Rule = Decision & { holds(of: Case): boolean };

const tokenOf = ({ actor }: Case): TokenLimits | null => (actor.kind === 'user' ? (actor.token ?? null) : null);
const isAdmin = ({ actor }: Case): boolean => actor.kind === 'user' && actor.admin;
const isAnonymous = ({ actor }: Case): boolean => actor.kind === 'anonymous';
const isUnknown = ({ namespace }: Case): boolean => namespace === null;
const isStranger = ({ namespace }: Case): boolean => namespace?.role === null;
const hasRole = (of: Case, enough: readonly string[]): boolean => enough.includes(of.namespace?.role ?? '');
const isPersonal = ({ actor, namespace }: Case): boolean =>
  actor.kind === 'user' && namespace?.kind === 'personal' && namespace.ownerId === actor.userId;

/** Whether the token that was shown permits something; without one there is nothing to narrow. */
const permits = (of: Case, permitted: (token: TokenLimits) => boolean): boolean => {
  const token = tokenOf(of);
  return token === null || permitted(token);
};

const allow = (reason: (typeof ALLOWING)[number], holds: Rule['holds']): Rule => ({ allow: true, reason, holds });
const deny = (reason: (typeof REFUSING)[number], holds: Rule['holds']): Rule => ({ allow: false, reason, holds });
const otherwise = (): boolean => true;

/** Looked at before all others: nothing below gives back what a token takes away. */
const first = (action: Action): readonly Rule[] => [
  allow('service-account', ({ actor }) => actor.kind === 'service'),
  deny('user-disabled', ({ actor }) => actor.kind === 'user' && actor.disabled),
  deny('user-locked', ({ actor }) => actor.kind === 'user' && actor.locked),
  deny('token-expired', (of) => tokenOf(of)?.expiry === 'passed'),
  deny('token-action', (of) => !permits(of, (token) => allowsAction(token, action))),
  deny('token-namespace', (of) => !permits(of, (token) => allowsNamespace(token, of.name))),
  deny('anonymous-access-off', (of) => isAnonymous(of) && !of.options.anonymousAccess),
];

const PUSH: readonly Rule[] = [
  ...first('push'),
  deny('anonymous', isAnonymous),
  allow('admin', isAdmin),
  deny('push-policy', ({ options }) => options.pushPolicy === 'admin-only'),
  deny('no-namespace', isUnknown),
  allow('personal-owner', (of) => of.options.pushPolicy === 'allow-personal' && isPersonal(of)),
  deny('push-policy', ({ options }) => options.pushPolicy === 'allow-personal'),
  deny('not-a-member', isStranger),
  allow('role', (of) => hasRole(of, ['contributor', 'owner'])),
  deny('role-too-weak', otherwise),
];

const BY_OWNERS: readonly Rule[] = [
  ...first('delete'),
  deny('anonymous', isAnonymous),
  allow('admin', isAdmin),
  deny('no-namespace', isUnknown),
  deny('not-a-member', isStranger),
  allow('role', (of) => hasRole(of, ['owner'])),
  deny('role-too-weak', otherwise),
];

/** The rules of each action, in their order; the first that holds decides, and the last always holds. */
const RULES: Readonly<Record<PolicyAction, readonly Rule[]>> = {
  pull: [
    ...first('pull'),
    allow('public', ({ namespace }) => namespace?.visibility === 'public'),
    deny('anonymous', isAnonymous),
    allow('admin', isAdmin),
    deny('no-namespace', isUnknown),
    allow('protected', ({ namespace }) => namespace?.visibility === 'protected'),
    deny('not-a-member', isStranger),
    allow('role', otherwise),
  ],
  push: PUSH,
  delete: [
    ...first('delete'),
    deny('anonymous', isAnonymous),
    deny('delete-disabled', ({ options }) => !options.deleteEnabled),
    allow('admin', isAdmin),
    deny('no-namespace', isUnknown),
    deny('not-a-member', isStranger),
    allow('role', (of) => hasRole(of, of.options.contributorsDelete ? ['contributor', 'owner'] : ['owner'])),
    deny('role-too-weak', otherwise),
  ],
  /** An earlier image under its tag again: whoever may push could push it. */
  rollback: PUSH,
  /** Rules by which tags are dropped, or protected. */
  retention: BY_OWNERS,
  /** Vulnerabilities that gates let pass. */
  accept_risk: BY_OWNERS,
};

const UNKNOWN_ACTION: readonly Rule[] = [deny('unknown-action', otherwise)];

/** The rules that are looked at for an action, in their order. */
export function rulesOf(action: PolicyAction): readonly Rule[] {
  return Object.hasOwn(RULES, action) ? RULES[action] : UNKNOWN_ACTION;
}

/**
 * Decides whether the actor may do one action on the repositories of one namespace. Pure; default deny; every action is
 * decided by itself, whatever else was asked for. `namespace` is null where no such namespace exists: administrators
 * may push there (it is made, private, when the first event of it arrives), nobody else. `name` is that of the
 * namespace: a token that is kept to namespaces is refused where the caller does not give it.
 */
export function decide(
  actor: Actor,
  action: PolicyAction,
  namespace: NamespaceFacts | null,
  options: PolicyOptions,
  name: string | null = null,
): Decision {
  const of = { actor, namespace, name, options };
  const rule = rulesOf(action).find((one) => one.holds(of));
  return rule ? decisionOf(rule) : { allow: false, reason: 'unknown-action' };
}

/** What a rule decides when it holds. */
export function decisionOf(rule: Rule): Decision {
  return rule.allow ? { allow: true, reason: rule.reason } : { allow: false, reason: rule.reason };
}
