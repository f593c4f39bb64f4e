/** What decides about people who make themselves an account. */
export interface SiteFacts {
  /** Whether there is any user beside the service account. */
  anybody: boolean;
  /** Portus's `signup.enabled`. */
  signUp: boolean;
  /** Portus's `first_user_admin.enabled`. */
  firstUserAdmin: boolean;
  /**
   * Whether this caller may claim a site that is nobody's yet. `late`: it was open for a while and is not any more;
   * `secret`: a secret is asked for, and was not shown.
   */
  claim: 'open' | 'late' | 'secret';
}

export type SignUpDecision =
  | { allow: true; admin: boolean }
  | { allow: false; reason: 'switched-off' | 'somebody-is-there' | 'claim-late' | 'claim-secret' };

/** `POST /users/bootstrap`: the first administrator makes itself. Pure. */
export function decideBootstrap({ anybody, firstUserAdmin, claim }: SiteFacts): SignUpDecision {
  if (!firstUserAdmin) return { allow: false, reason: 'switched-off' };
  if (anybody) return { allow: false, reason: 'somebody-is-there' };
  return claim === 'open' ? { allow: true, admin: true } : { allow: false, reason: `claim-${claim}` };
}

/** Signing up: the first one claims the site where that is switched on, all others become users like others. Pure. */
export function decideSignUp(site: SiteFacts): SignUpDecision {
  if (!site.signUp) return { allow: false, reason: 'switched-off' };
  if (site.anybody || !site.firstUserAdmin) return { allow: true, admin: false };
  return decideBootstrap(site);
}
