import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIONS, formatScope, isRepositoryScope, parseScopes } from '#domain/naming/scope.js';
import { decide } from '#domain/policy/decide.js';
import type { NamespaceFacts } from '#domain/policy/facts.js';
import { type Grant, grantScopes } from '#domain/policy/grant.js';
import { anyNamespace, anyOptions, anyPerson } from '../factories/policy-cases.js';
import { fuzz } from '../support/fuzz.js';

const RUNS_OF_A_ROUND = 500;

/** Texts that are nearly scopes: right parts in wrong places, odd separators, and plain noise. */
const part = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('repository', 'registry', 'catalog', 'pull', 'push', 'delete', '*') },
  {
    weight: 4,
    arbitrary: fc.constantFrom('a', 'team/app', 'a/b/c/d', 'a__b', 'a--b', 'Bad/x', 'host:5000/x', 'x'.repeat(300)),
  },
  { weight: 2, arbitrary: fc.constantFrom('(plugin)', '', ' ', '\0', '%3A', '../..', '\r\n', 'PULL', '*pull') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
const separator = fc.constantFrom(':', ':', ':', ',', ',', ' ', '\t', '');
const text = fc
  .array(fc.tuple(part, separator), { maxLength: 24 })
  .map((pieces) => pieces.map(([piece, end]) => piece + end).join(''));
const proper = fc
  .tuple(
    fc.constantFrom('repository', 'registry', 'repository(plugin)'),
    fc.constantFrom('a', 'team/app', 'a__b/c', 'catalog', 'Bad/x'),
    fc.array(fc.constantFrom('pull', 'push', 'delete', '*', 'fly'), { maxLength: 5 }),
  )
  .map(([type, name, actions]) => `${type}:${name}:${actions.join(',')}`);
const values = fc.array(fc.oneof(proper, text), { maxLength: 8 });

const flat = (grants: readonly Grant[]): string[] =>
  grants.flatMap(({ type, name, actions }) => actions.map((action) => `${type}:${name}:${action}`)).toSorted();

describe('grants for any scopes', () => {
  it('are the actions that are allowed one by one, and never what was not asked', async () => {
    const facts = fc.dictionary(fc.constantFrom('a', 'team/app', 'a__b/c', 'a/b/c/d'), anyNamespace);
    await fuzz(1, (seed) => {
      const property = fc.property(anyPerson, facts, anyOptions, values, (actor, known, options, asked) => {
        const factsOf = (name: string): NamespaceFacts | null => (Object.hasOwn(known, name) ? known[name]! : null);
        const scopes = parseScopes(asked);
        const granted = flat(grantScopes(actor, scopes, factsOf, options).granted);
        const oneByOne = scopes.filter(isRepositoryScope).flatMap(({ name, actions }) =>
          ACTIONS.filter((action) => actions.includes(action) || actions.includes('*'))
            .filter((action) => decide(actor, action, factsOf(name), options).allow)
            .map((action) => `repository:${name}:${action}`),
        );
        const catalog = granted.filter((grant) => grant.startsWith('registry:'));
        expect(granted.filter((grant) => !catalog.includes(grant))).toEqual(oneByOne.toSorted());
        const admin = actor.kind === 'user' && actor.admin && !actor.disabled && !actor.locked;
        const asksForAll = scopes.some((one) => formatScope(one).match(/^registry:catalog:(.*,)?\*(,|$)/));
        expect(catalog).toEqual(admin && asksForAll ? ['registry:catalog:*'] : []);
      });
      fc.assert(property, { seed, numRuns: RUNS_OF_A_ROUND });
    });
  });

  it('do not depend on the order, the repetition or the grouping of scopes and actions', async () => {
    await fuzz(1, (seed) => {
      const property = fc.property(
        anyPerson,
        anyNamespace,
        anyOptions,
        values,
        fc.nat(),
        (actor, one, options, asked, at) => {
          const grant = (list: string[]) => flat(grantScopes(actor, parseScopes(list), () => one, options).granted);
          const words = asked.flatMap((value) => value.split(/\s+/));
          const turned = [...words.slice(at % (words.length + 1)), ...words.slice(0, at % (words.length + 1))];
          const expected = grant(asked);
          expect(grant(turned)).toEqual(expected);
          expect(grant([words.toReversed().join(' ')])).toEqual(expected);
          expect(grant([...asked, ...asked])).toEqual(expected);
          expect(
            grant(parseScopes(asked).map((scope) => formatScope({ ...scope, actions: scope.actions.toReversed() }))),
          ).toEqual(expected);
        },
      );
      fc.assert(property, { seed, numRuns: RUNS_OF_A_ROUND });
    });
  });
});
