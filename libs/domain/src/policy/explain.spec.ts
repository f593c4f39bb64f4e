import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyNamespace, anyOptions, anyPerson } from '../../../../test/factories/policy-cases.js';
import { ACTIONS } from '../naming/scope.js';
import { decide } from './decide.js';
import { explain, explainWithoutExistence } from './explain.js';
import { DEFAULT_POLICY, type Actor, type NamespaceFacts } from './facts.js';

const alice: Actor = {
  kind: 'user',
  userId: 7,
  username: 'alice',
  admin: false,
  disabled: false,
  locked: false,
  bot: false,
};
const team = (more: Partial<NamespaceFacts>): NamespaceFacts => ({
  id: 1,
  kind: 'team',
  visibility: 'private',
  ownerId: null,
  role: null,
  ...more,
});

const anybody = fc.oneof(anyPerson, fc.constant<Actor>({ kind: 'service' }));

describe(explain.name, () => {
  it('always says what decide says, ends with the rule that held, and tells what to change for a no', () => {
    fc.assert(
      fc.property(anybody, fc.constantFrom(...ACTIONS), anyNamespace, anyOptions, (actor, action, fact, option) => {
        const explanation = explain(actor, action, fact, option);
        expect({ allow: explanation.allow, reason: explanation.reason }).toEqual(decide(actor, action, fact, option));
        expect(explanation.rules.map((rule) => rule.held).indexOf(true)).toBe(explanation.rules.length - 1);
        expect(explanation.change === null).toBe(explanation.allow);
      }),
      { numRuns: 1000 },
    );
  });

  it('names the role that is too weak', () => {
    const explanation = explain(alice, 'push', team({ role: 'viewer' }), DEFAULT_POLICY);
    expect(explanation).toMatchObject({
      allow: false,
      reason: 'role-too-weak',
      change: expect.stringContaining('stronger role'),
    });
  });
});

describe(explainWithoutExistence.name, () => {
  it('tells the same of a private namespace of others and of one that does not exist', () => {
    for (const action of ACTIONS) {
      const hidden = explainWithoutExistence(alice, action, team({}), DEFAULT_POLICY);
      expect(hidden).toEqual(explainWithoutExistence(alice, action, null, DEFAULT_POLICY));
    }
  });

  it('hides nothing that the person may know', () => {
    const own = explainWithoutExistence(alice, 'push', team({ role: 'viewer' }), DEFAULT_POLICY);
    expect(own.reason).toBe('role-too-weak');
    expect(explainWithoutExistence(alice, 'push', team({ visibility: 'protected' }), DEFAULT_POLICY).reason).toBe(
      'not-a-member',
    );
  });

  it('never changes the answer', () => {
    fc.assert(
      fc.property(anybody, fc.constantFrom(...ACTIONS), anyNamespace, anyOptions, (actor, action, fact, option) => {
        const admin = actor.kind === 'service' || (actor.kind === 'user' && actor.admin);
        fc.pre(!admin);
        expect(explainWithoutExistence(actor, action, fact, option).allow).toBe(
          decide(actor, action, fact, option).allow,
        );
      }),
    );
  });
});
