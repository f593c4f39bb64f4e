import { expect, it } from 'vitest';
import { decideBootstrap, decideSignUp, type SiteFacts } from './sign-up.js';

const site = (changes: Partial<SiteFacts> = {}): SiteFacts => {
  return { anybody: false, signUp: true, firstUserAdmin: true, claim: 'open', ...changes };
};

it('the first one becomes administrator, and nobody after', () => {
  for (const decide of [decideBootstrap, decideSignUp]) expect(decide(site())).toEqual({ allow: true, admin: true });
  expect(decideBootstrap(site({ anybody: true }))).toEqual({ allow: false, reason: 'somebody-is-there' });
  expect(decideSignUp(site({ anybody: true }))).toEqual({ allow: true, admin: false });
});

it('a site that is nobody’s can not be claimed when it is late, or without the secret', () => {
  for (const decide of [decideBootstrap, decideSignUp])
    for (const claim of ['late', 'secret'] as const)
      expect(decide(site({ claim }))).toEqual({ allow: false, reason: `claim-${claim}` });
  expect(decideSignUp(site({ anybody: true, claim: 'late' })).allow).toBe(true);
});

it('what is switched off is refused', () => {
  expect(decideBootstrap(site({ firstUserAdmin: false }))).toEqual({ allow: false, reason: 'switched-off' });
  expect(decideSignUp(site({ firstUserAdmin: false }))).toEqual({ allow: true, admin: false });
  expect(decideSignUp(site({ signUp: false }))).toEqual({ allow: false, reason: 'switched-off' });
});
