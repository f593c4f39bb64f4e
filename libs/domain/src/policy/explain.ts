import type { Action } from '../naming/scope.js';
import { type Decision, decisionOf, type Reason, rulesOf } from './decide.js';
import { type Actor, isSecret, type NamespaceFacts, type PolicyOptions } from './facts.js';
import type { RefusalReason } from './grant.js';

/** A rule that was looked at, and whether it held. The last one held and decided. */
export interface LookedAt {
  rule: string;
  held: boolean;
}

export type Explanation = Decision & {
  /** The decision in a sentence. */
  because: string;
  rules: LookedAt[];
  /** What would have to change for the answer to be yes; null when it is. */
  change: string | null;
};

const RULE_TEXT: Record<Reason, string> = {
  'service-account': 'the service account may do everything',
  admin: 'administrators may do everything',
  public: 'everybody may pull from a public namespace',
  protected: 'everybody who is signed in may pull from a protected namespace',
  role: 'members of the team may, as far as their role goes',
  'personal-owner': 'everybody may push to the own personal namespace',
  'user-disabled': 'a disabled user may do nothing',
  'user-locked': 'a locked user may do nothing',
  'token-expired': 'an application token is good for nothing after its expiry',
  'token-action': 'the application token is restricted to other actions',
  'token-namespace': 'the application token is restricted to other namespaces',
  anonymous: 'this needs a signed-in user',
  'anonymous-access-off': 'nobody may do anything without signing in here (anonymous access is off)',
  'no-namespace': 'there is no such namespace',
  'not-a-member': 'only members of the team may',
  'role-too-weak': 'the role in the team does not go that far',
  'push-policy': 'the push policy of this site reserves it for others',
  'delete-disabled': 'deleting is switched off here',
  'unknown-action': 'only pull, push and delete exist',
};

const CHANGE: Partial<Record<Reason, string>> = {
  'user-disabled': 'an administrator enables the user',
  'user-locked': 'an administrator unlocks the user',
  'token-expired': 'use another application token, or the password',
  'token-action': 'use an application token that is made for this action, or the password',
  'token-namespace': 'use an application token that is made for this namespace, or the password',
  anonymous: 'sign in (docker login)',
  'anonymous-access-off': 'sign in (docker login)',
  'no-namespace': 'an administrator pushes there first, or the name is corrected',
  'not-a-member': 'an owner of the team adds the user, or the visibility of the namespace is widened',
  'role-too-weak': 'an owner of the team gives the user a stronger role',
  'push-policy': 'PORTUS_USER_PERMISSION_PUSH_IMAGES_POLICY is changed, or an administrator pushes',
  'delete-disabled': 'PORTUS_DELETE_ENABLED is set to true',
  'unknown-action': 'ask for pull, push or delete',
};

/** Reasons that concern the scope of a token request, and no repository. */
const SCOPE_TEXT: Record<Exclude<RefusalReason, Reason>, { because: string; change: string }> = {
  'not-an-oci-name': {
    because: 'this is not the name of a repository',
    change: 'the name is corrected: lower case, and without the host and port of the registry',
  },
  'unknown-type': { because: 'only repositories and the catalog can be asked for', change: 'ask for a repository' },
  'not-admin': { because: 'only administrators may list the catalog', change: 'an administrator asks' },
  'token-catalog': {
    because: 'the application token is restricted, and the catalog is all namespaces',
    change: 'use an application token without restrictions, or the password',
  },
};

/** A refusal in a sentence, and what would have to change, for somebody who reads of it later. */
export function sentencesOf(reason: RefusalReason): { because: string; change: string | null } {
  if (Object.hasOwn(SCOPE_TEXT, reason)) return SCOPE_TEXT[reason as keyof typeof SCOPE_TEXT];
  const known = reason as Reason;
  return { because: RULE_TEXT[known], change: CHANGE[known] ?? null };
}

/** Decides exactly as {@link decide} does, and tells which rules were looked at and what would have to change. */
export function explain(
  actor: Actor,
  action: Action,
  namespace: NamespaceFacts | null,
  options: PolicyOptions,
  name: string | null = null,
): Explanation {
  const of = { actor, namespace, name, options };
  const rules: LookedAt[] = [];
  for (const rule of rulesOf(action)) {
    const held = rule.holds(of);
    rules.push({ rule: RULE_TEXT[rule.reason], held });
    if (!held) continue;
    const change = rule.allow ? null : (CHANGE[rule.reason] ?? null);
    return { ...decisionOf(rule), because: RULE_TEXT[rule.reason], rules, change };
  }
  return { allow: false, reason: 'unknown-action', because: RULE_TEXT['unknown-action'], rules, change: null };
}

/**
 * The explanation for somebody who must not learn whether the namespace exists: a secret one looks exactly like one
 * that does not exist.
 */
export function explainWithoutExistence(
  actor: Actor,
  action: Action,
  namespace: NamespaceFacts | null,
  options: PolicyOptions,
  name: string | null = null,
): Explanation {
  return explain(actor, action, isSecret(namespace) ? null : namespace, options, name);
}
