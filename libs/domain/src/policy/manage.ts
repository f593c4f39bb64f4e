import type { Actor, Role } from './facts.js';

/** What people do to teams and namespaces, beside pulling and pushing. */
export const OPERATIONS = [
  'team.create',
  'team.see',
  'team.update',
  'team.delete',
  'team.change-members',
  'namespace.create',
  'namespace.update',
  'namespace.change-visibility',
  'repository.describe',
  'webhook.see',
  'webhook.inspect',
  'webhook.create',
  'webhook.manage',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What is known of the team (of a namespace: the one that owns it). */
export interface TeamFacts {
  /** The actor's role in it; null: no member. */
  role: Role | null;
  /** The team behind a personal or global namespace. */
  hidden: boolean;
}

/** Portus's `user_permission.*`: what users who are no administrators may do. */
export interface ManageOptions {
  createTeam: boolean;
  manageTeam: boolean;
  createNamespace: boolean;
  manageNamespace: boolean;
  changeVisibility: boolean;
  createWebhook: boolean;
  manageWebhook: boolean;
  deleteEnabled: boolean;
}

export type ManageReason =
  | 'admin'
  | 'everybody'
  | 'member'
  | 'role'
  | 'not-signed-in'
  | 'user-disabled'
  | 'hidden-team'
  | 'switched-off'
  | 'delete-disabled'
  | 'not-a-member'
  | 'role-too-weak';

export interface ManageDecision {
  allow: boolean;
  reason: ManageReason;
}

interface Case {
  actor: Actor;
  team: TeamFacts;
  options: ManageOptions;
}

interface Rule extends ManageDecision {
  holds(of: Case): boolean;
}

const allow = (reason: ManageReason, holds: Rule['holds']): Rule => ({ allow: true, reason, holds });
const deny = (reason: ManageReason, holds: Rule['holds']): Rule => ({ allow: false, reason, holds });
const otherwise = (): boolean => true;
const isAdmin = ({ actor }: Case): boolean => actor.kind === 'user' && actor.admin;
const isHidden = ({ team }: Case): boolean => team.hidden;
const hasRole =
  (...enough: Role[]) =>
  ({ team }: Case): boolean =>
    team.role !== null && enough.includes(team.role);

/** Looked at before all others. */
const FIRST: readonly Rule[] = [
  deny('not-signed-in', ({ actor }) => actor.kind !== 'user'),
  deny('user-disabled', ({ actor }) => actor.kind === 'user' && (actor.disabled || actor.locked)),
];

const byRole = (...enough: Role[]): readonly Rule[] => [
  deny('not-a-member', ({ team }) => team.role === null),
  allow('role', hasRole(...enough)),
  deny('role-too-weak', otherwise),
];

/** The rules of each operation, in their order; the first that holds decides, and the last always holds. */
const RULES: Readonly<Record<Operation, readonly Rule[]>> = {
  'team.create': [
    allow('admin', isAdmin),
    deny('switched-off', ({ options }) => !options.createTeam),
    allow('everybody', otherwise),
  ],
  'team.see': [
    allow('admin', isAdmin),
    allow('member', ({ team }) => team.role !== null),
    deny('not-a-member', otherwise),
  ],
  'team.update': [
    deny('hidden-team', isHidden),
    allow('admin', isAdmin),
    deny('switched-off', ({ options }) => !options.manageTeam),
    ...byRole('owner'),
  ],
  'team.delete': [
    deny('hidden-team', isHidden),
    deny('delete-disabled', ({ options }) => !options.deleteEnabled),
    allow('admin', isAdmin),
    ...byRole('owner'),
  ],
  'team.change-members': [deny('hidden-team', isHidden), allow('admin', isAdmin), ...byRole('owner')],
  'namespace.create': [
    deny('hidden-team', isHidden),
    allow('admin', isAdmin),
    deny('switched-off', ({ options }) => !options.createNamespace),
    ...byRole('contributor', 'owner'),
  ],
  'namespace.update': [
    allow('admin', isAdmin),
    deny('switched-off', ({ options }) => !options.manageNamespace),
    ...byRole('owner'),
  ],
  /** That there are webhooks, and for what. */
  'webhook.see': [
    allow('admin', isAdmin),
    allow('member', ({ team }) => team.role !== null),
    deny('not-a-member', otherwise),
  ],
  /** Whole addresses, headers and deliveries: they tell of other systems. */
  'webhook.inspect': [allow('admin', isAdmin), ...byRole('owner')],
  /** Making and removing. */
  'webhook.create': [
    allow('admin', isAdmin),
    deny('switched-off', ({ options }) => !options.createWebhook),
    ...byRole('owner'),
  ],
  /** Changing them, their headers, and sending again. */
  'webhook.manage': [
    allow('admin', isAdmin),
    deny('switched-off', ({ options }) => !options.manageWebhook),
    ...byRole('owner'),
  ],
  'repository.describe': [allow('admin', isAdmin), ...byRole('owner')],
  'namespace.change-visibility': [
    allow('admin', isAdmin),
    deny('switched-off', ({ options }) => !options.changeVisibility),
    ...byRole('owner'),
  ],
};

/** Decides one operation. Pure; default deny: what is no operation is refused. */
export function decideOperation(
  actor: Actor,
  operation: Operation,
  team: TeamFacts,
  options: ManageOptions,
): ManageDecision {
  const rules = Object.hasOwn(RULES, operation) ? [...FIRST, ...RULES[operation]] : [];
  const rule = rules.find((one) => one.holds({ actor, team, options }));
  return rule ? { allow: rule.allow, reason: rule.reason } : { allow: false, reason: 'role-too-weak' };
}

/** A comment is its author's, and administrators keep order. */
export function mayDeleteComment(actor: Actor, authorId: number): boolean {
  return actor.kind === 'user' && !actor.disabled && !actor.locked && (actor.admin || actor.userId === authorId);
}
