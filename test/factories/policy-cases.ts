import fc from 'fast-check';
import { ACTIONS } from '#domain/naming/scope.js';
import { type Actor, PUSH_POLICIES, ROLES, VISIBILITIES } from '#domain/policy/facts.js';
import type { TokenLimits } from '#domain/policy/token-limits.js';

/** Anybody who may ask for something. */
export const anyPerson = fc.oneof(
  fc.constant<Actor>({ kind: 'anonymous' }),
  fc.record({
    kind: fc.constant('user' as const),
    userId: fc.integer({ min: 1, max: 3 }),
    username: fc.constant('u'),
    admin: fc.boolean(),
    disabled: fc.boolean(),
    locked: fc.boolean(),
    bot: fc.boolean(),
  }),
);

/** A namespace as that person sees it; null: there is none. */
export const anyNamespace = fc.option(
  fc.record({
    id: fc.constant(1),
    kind: fc.constantFrom('global' as const, 'personal' as const, 'team' as const),
    visibility: fc.constantFrom(...VISIBILITIES),
    ownerId: fc.option(fc.integer({ min: 1, max: 3 })),
    role: fc.option(fc.constantFrom(...ROLES)),
  }),
);

/** The settings of any site. */
export const anyOptions = fc.record({
  pushPolicy: fc.constantFrom(...PUSH_POLICIES),
  deleteEnabled: fc.boolean(),
  contributorsDelete: fc.boolean(),
  anonymousAccess: fc.boolean(),
});

/** What any application token may be limited to. */
export const anyLimits: fc.Arbitrary<TokenLimits> = fc.record({
  expiry: fc.constantFrom('never', 'ahead', 'passed'),
  actions: fc.option(fc.subarray([...ACTIONS])),
  namespaces: fc.option(fc.subarray(['', 'team', 'other'])),
});
