import type { Actor } from './facts.js';
import { mayMakeTokens } from './token-limits.js';

/** What administrators do to accounts. */
export const ACCOUNT_CHANGES = [
  'describe',
  'change-email',
  'set-password',
  'promote',
  'demote',
  'enable',
  'disable',
  'lock',
  'unlock',
  'delete',
] as const;
export type AccountChange = (typeof ACCOUNT_CHANGES)[number];

/** What is known of the account. */
export interface AccountFacts {
  id: number;
  /** The `portus` account: it follows the environment. */
  service: boolean;
  bot: boolean;
  /** Whether it is an administrator who can sign in now: a person, enabled, not locked. */
  ableAdmin: boolean;
  /** Such administrators beside it. */
  otherAdmins: number;
}

export type AccountReason =
  'admin' | 'not-admin' | 'user-disabled' | 'service-account' | 'oneself' | 'last-admin' | 'bot' | 'token-limits';

export interface AccountDecision {
  allow: boolean;
  reason: AccountReason;
}

interface Case {
  actor: Actor;
  account: AccountFacts;
}

interface Rule extends AccountDecision {
  holds(of: Case): boolean;
}

const deny = (reason: AccountReason, holds: Rule['holds']): Rule => ({ allow: false, reason, holds });

const FIRST: readonly Rule[] = [
  deny('not-admin', ({ actor }) => actor.kind !== 'user' || !actor.admin),
  deny('user-disabled', ({ actor }) => actor.kind === 'user' && (actor.disabled || actor.locked)),
  deny('service-account', ({ account }) => account.service),
];
/** Somebody who can still sign in has to be left. */
const TAKES_AWAY: readonly Rule[] = [
  deny('oneself', ({ actor, account }) => actor.kind === 'user' && actor.userId === account.id),
  deny('last-admin', ({ account }) => account.ableAdmin && account.otherAdmins === 0),
];
/** What it gives outlives the token by which it was done. */
const LASTS: readonly Rule[] = [
  deny('token-limits', ({ actor }) => actor.kind === 'user' && Boolean(actor.token && !mayMakeTokens(actor.token))),
];

const RULES: Readonly<Record<AccountChange, readonly Rule[]>> = {
  describe: [],
  'change-email': LASTS,
  'set-password': [...LASTS, deny('bot', ({ account }) => account.bot)],
  promote: LASTS,
  demote: TAKES_AWAY,
  enable: [],
  disable: TAKES_AWAY,
  lock: TAKES_AWAY,
  unlock: [],
  delete: TAKES_AWAY,
};

/** Decides one change of an account by somebody else. Pure; default deny: what is no change is refused. */
export function decideAccountChange(actor: Actor, change: AccountChange, account: AccountFacts): AccountDecision {
  if (!Object.hasOwn(RULES, change)) return { allow: false, reason: 'not-admin' };
  const rule = [...FIRST, ...RULES[change]].find((one) => one.holds({ actor, account }));
  return rule ? { allow: rule.allow, reason: rule.reason } : { allow: true, reason: 'admin' };
}
