import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyLimits, anyNamespace, anyOptions, anyPerson } from '../../../../test/factories/policy-cases.js';
import { ACTIONS, parseScopes } from '../naming/scope.js';
import { decide } from './decide.js';
import { explain, explainWithoutExistence } from './explain.js';
import { DEFAULT_POLICY, type Actor, type NamespaceFacts } from './facts.js';
import { grantScopes } from './grant.js';
import { limitsOf, mayCall, mayMakeTokens, type TokenLimits } from './token-limits.js';

const limits = (more: Partial<TokenLimits> = {}): TokenLimits => ({
  expiry: 'never',
  actions: null,
  namespaces: null,
  ...more,
});
const admin = (token: TokenLimits | null): Actor => ({
  kind: 'user',
  userId: 1,
  username: 'root',
  admin: true,
  disabled: false,
  locked: false,
  bot: false,
  token,
});
const open: NamespaceFacts = { id: 1, kind: 'team', visibility: 'public', ownerId: null, role: 'owner' };
const SCOPES = ['repository:team/app:*', 'repository:app:pull,push', 'repository:other/x:pull', 'registry:catalog:*'];
const granted = (actor: Actor) =>
  grantScopes(actor, parseScopes(SCOPES), () => open, DEFAULT_POLICY)
    .granted.flatMap((grant) => grant.actions.map((action) => `${grant.name}:${action}`))
    .sort();

describe('the limits of an application token', () => {
  it.each<[string, Partial<TokenLimits>, string]>([
    ['none', {}, 'app:pull app:push catalog:* other/x:pull team/app:delete team/app:pull team/app:push'],
    ['an expiry ahead', { expiry: 'ahead' }, granted(admin(null)).join(' ')],
    ['an expiry that has passed', { expiry: 'passed' }, ''],
    ['reading only', { actions: ['pull'] }, 'app:pull catalog:* other/x:pull team/app:pull'],
    ['pushing only', { actions: ['push'] }, 'app:push team/app:push'],
    ['one namespace', { namespaces: ['team'] }, 'team/app:delete team/app:pull team/app:push'],
    ['the global namespace', { namespaces: [''] }, 'app:pull app:push'],
    ['reading in two namespaces', { actions: ['pull'], namespaces: ['team', 'other'] }, 'other/x:pull team/app:pull'],
    ['nothing at all', { actions: [], namespaces: [] }, ''],
  ])('%s leave to an administrator: %s', (_, more, expected) => {
    expect(granted(admin(limits(more))).join(' ')).toBe(expected);
  });

  it('only ever narrow: what is granted with a token is granted without it', () => {
    fc.assert(
      fc.property(anyPerson, anyLimits, anyNamespace, anyOptions, (person, token, facts, options) => {
        fc.pre(person.kind === 'user');
        const grant = (actor: Actor) =>
          grantScopes(actor, parseScopes(SCOPES), () => facts, options).granted.flatMap(({ name, actions }) =>
            actions.map((action) => `${name}:${action}`),
          );
        const without = new Set(grant(person));
        for (const one of grant({ ...person, token })) expect(without).toContain(one);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuse by what is restricted, whatever the user may do, and where the name is not known', () => {
    const kept = admin(limits({ namespaces: ['team'] }));
    expect(decide(kept, 'pull', open, DEFAULT_POLICY, 'team').allow).toBe(true);
    expect(decide(kept, 'pull', open, DEFAULT_POLICY, 'other').reason).toBe('token-namespace');
    expect(decide(kept, 'pull', null, DEFAULT_POLICY, 'team').allow).toBe(true);
    expect(decide(kept, 'pull', open, DEFAULT_POLICY).reason).toBe('token-namespace');
    expect(decide(admin(limits({ actions: ['pull'] })), 'push', open, DEFAULT_POLICY).reason).toBe('token-action');
  });

  it('are explained as rules that were looked at, without telling what exists', () => {
    fc.assert(
      fc.property(anyPerson, anyLimits, fc.constantFrom(...ACTIONS), anyOptions, (person, token, action, options) => {
        fc.pre(person.kind === 'user');
        const actor = { ...person, token };
        const secret: NamespaceFacts = { ...open, visibility: 'private', role: null };
        for (const facts of [open, null]) {
          const { allow, reason, change, rules } = explain(actor, action, facts, options, 'team');
          expect({ allow, reason }).toEqual(decide(actor, action, facts, options, 'team'));
          expect(rules.at(-1)?.held).toBe(true);
          if (reason.startsWith('token-')) expect(change).toContain('application token');
        }
        expect(explainWithoutExistence(actor, action, secret, options, 'team')).toEqual(
          explainWithoutExistence(actor, action, null, options, 'team'),
        );
      }),
    );
  });
});

describe(mayCall.name, () => {
  const read = { changes: false, decided: false };
  const change = { changes: true, decided: false };
  const decided = { changes: true, decided: true };

  it.each<[string, Partial<TokenLimits>, boolean[]]>([
    ['unrestricted', {}, [true, true, true]],
    ['with all actions listed', { actions: [...ACTIONS] }, [true, true, true]],
    ['read only', { actions: ['pull'] }, [true, false, true]],
    ['for pushes', { actions: ['push'] }, [false, false, true]],
    ['kept to namespaces', { namespaces: ['team'] }, [false, false, true]],
    ['expired', { expiry: 'passed' }, [false, false, false]],
  ])('of a token that is %s', (_, more, expected) => {
    expect([read, change, decided].map((operation) => mayCall(limits(more), operation))).toEqual(expected);
  });

  it('lets no token make others that go further', () => {
    expect(mayMakeTokens(limits())).toBe(true);
    for (const more of [{ expiry: 'ahead' as const }, { actions: ['pull' as const] }, { namespaces: ['team'] }]) {
      expect(mayMakeTokens(limits(more))).toBe(false);
    }
  });
});

describe(limitsOf.name, () => {
  it.each([
    [null, 'never'],
    [new Date(1_001), 'ahead'],
    [new Date(1_000), 'passed'],
  ])('of an expiry %j at the second one is %s', (expiresAt, expected) => {
    expect(limitsOf({ expiresAt, actions: null, namespaces: null }, 1_000).expiry).toBe(expected);
  });
});
