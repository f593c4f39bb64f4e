import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyNamespace, anyOptions, anyPerson } from '../../../../test/factories/policy-cases.js';
import { ACTIONS, parseScopes, type Scope } from '../naming/scope.js';
import { decide } from './decide.js';
import { DEFAULT_POLICY, type Actor, type NamespaceFacts, type PolicyOptions, PUSH_POLICIES } from './facts.js';
import { grantScopes } from './grant.js';

const alice: Actor = {
  kind: 'user',
  userId: 7,
  username: 'alice',
  admin: false,
  disabled: false,
  locked: false,
  bot: false,
};
const admin: Actor = { ...alice, admin: true };
const anonymous: Actor = { kind: 'anonymous' };
const team = (role: NamespaceFacts['role'], visibility: NamespaceFacts['visibility'] = 'private'): NamespaceFacts => ({
  id: 1,
  kind: 'team',
  visibility,
  ownerId: null,
  role,
});

const granted = (actor: Actor, scopes: string[], facts: NamespaceFacts | null) =>
  grantScopes(actor, parseScopes(scopes), () => facts, DEFAULT_POLICY).granted;

describe(grantScopes.name, () => {
  it('tells of a secret namespace what it would of one that does not exist', () => {
    const told = (facts: NamespaceFacts | null, pushPolicy: PolicyOptions['pushPolicy'] = 'allow-teams') => {
      const scopes = parseScopes(['repository:t/a:pull,push,delete,fly', 'repository:t/b:*']);
      return grantScopes(alice, scopes, () => facts, { ...DEFAULT_POLICY, pushPolicy }).refused;
    };
    expect(told(team(null)).map((one) => one.reason)).toContain('not-a-member');
    for (const policy of PUSH_POLICIES) {
      expect(told(team(null), policy).map((one) => one.told)).toEqual(told(null, policy).map((one) => one.told));
    }
    for (const facts of [team('viewer'), team(null, 'protected'), null]) {
      for (const one of told(facts)) expect(one.told).toBe(one.reason);
    }
  });

  it('grants the intersection, not all or nothing', () => {
    expect(granted(alice, ['repository:t/a:pull,push'], team('viewer'))).toEqual([
      { type: 'repository', name: 't/a', actions: ['pull'] },
    ]);
  });

  it('does not let a leading * carry the actions behind it', () => {
    expect(granted(anonymous, ['repository:x:*,push,pull'], team(null))).toEqual([]);
    expect(granted(alice, ['repository:x:*,push,pull'], team('viewer'))[0]?.actions).toEqual(['pull']);
  });

  it('does not let a leading action open the catalog', () => {
    expect(granted(anonymous, ['registry:catalog:pull,*'], null)).toEqual([]);
    expect(granted(alice, ['registry:catalog:pull,*'], null)).toEqual([]);
    expect(granted(admin, ['registry:catalog:pull,*'], null)).toEqual([
      { type: 'registry', name: 'catalog', actions: ['*'] },
    ]);
  });

  it('expands * to the concrete actions that are allowed', () => {
    expect(granted(alice, ['repository:t/a:*'], team('contributor'))[0]?.actions).toEqual(['pull', 'push']);
    expect(granted(admin, ['repository:t/a:*'], team(null))[0]?.actions).toEqual(['pull', 'push', 'delete']);
  });

  it('decides both sides of a mount by themselves', () => {
    const facts = (name: string) => (name.startsWith('mine/') ? team('owner') : team(null));
    const scopes = parseScopes(['repository:mine/a:push,pull repository:theirs/b:pull']);
    expect(grantScopes(alice, scopes, facts, DEFAULT_POLICY).granted.map((grant) => grant.name)).toEqual(['mine/a']);
  });

  it.each(['repository:host:5000/x:pull', 'repository:Foo/x:push', 'wat:x:pull', 'registry:foo:*'])(
    'grants nothing for %s, even to an administrator, and says why',
    (scope) => {
      const result = grantScopes(admin, parseScopes([scope]), () => null, DEFAULT_POLICY);
      expect(result.granted).toEqual([]);
      expect(result.refused.length).toBeGreaterThan(0);
    },
  );
});

const names = ['a', 'team/app', 'Bad/x', 'catalog'];
const scopes = fc.array(
  fc.record({
    type: fc.constantFrom('repository', 'registry', 'other'),
    name: fc.constantFrom(...names),
    actions: fc.array(fc.constantFrom('pull', 'push', 'delete', '*', 'create'), { maxLength: 4 }),
  }),
  { maxLength: 6 },
);
const write = (list: Scope[]) => list.map((scope) => `${scope.type}:${scope.name}:${scope.actions.join(',')}`);
const flatten = (list: { type: string; name: string; actions: string[] }[]) =>
  list.flatMap((grant) => grant.actions.map((action) => `${grant.type}:${grant.name}:${action}`)).sort();

describe('properties of grants', () => {
  it('equal the set of actions decided one by one, and never exceed what was asked', () => {
    fc.assert(
      fc.property(anyPerson, anyNamespace, anyOptions, scopes, (actor, fact, option, list) => {
        const parsed = parseScopes(write(list));
        const result = flatten(grantScopes(actor, parsed, () => fact, option).granted);
        const expected = new Set<string>();
        for (const scope of parsed) {
          if (scope.type === 'registry' && scope.name === 'catalog' && scope.actions.includes('*')) {
            const isAdmin = actor.kind === 'user' && actor.admin && !actor.disabled && !actor.locked;
            if (isAdmin) expected.add('registry:catalog:*');
          }
          if (scope.type !== 'repository' || scope.name === 'Bad/x') continue;
          for (const action of ACTIONS) {
            const asked = scope.actions.includes(action) || scope.actions.includes('*');
            if (asked && decide(actor, action, fact, option).allow) expected.add(`repository:${scope.name}:${action}`);
          }
        }
        expect(result).toEqual([...expected].sort());
      }),
      { numRuns: 500 },
    );
  });

  it('do not depend on order, repetition or grouping of the scopes', () => {
    fc.assert(
      fc.property(anyPerson, anyNamespace, anyOptions, scopes, (actor, fact, option, list) => {
        const grant = (values: string[]) =>
          flatten(grantScopes(actor, parseScopes(values), () => fact, option).granted);
        const texts = write(list);
        const plain = grant(texts);
        expect(grant(texts.toReversed())).toEqual(plain);
        expect(grant([...texts, ...texts])).toEqual(plain);
        expect(grant([texts.join(' ')])).toEqual(plain);
      }),
      { numRuns: 300 },
    );
  });
});
