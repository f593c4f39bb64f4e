import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../naming/scope.js';
import { API_ACTIONS, decide } from './decide.js';
import { grantScopes } from './grant.js';
import { DEFAULT_POLICY, ROLES, VISIBILITIES, type Actor, type NamespaceFacts, type Role } from './facts.js';

const user = (overrides: Partial<Extract<Actor, { kind: 'user' }>> = {}): Actor => ({
  kind: 'user',
  userId: 7,
  username: 'alice',
  admin: false,
  disabled: false,
  locked: false,
  bot: false,
  ...overrides,
});

const namespace = (overrides: Partial<NamespaceFacts> = {}): NamespaceFacts => ({
  id: 1,
  kind: 'team',
  visibility: 'private',
  ownerId: null,
  role: null,
  ...overrides,
});

/** Allowed actions of a user: `pull,push` and so on, by visibility and role under the default options. */
const TABLE: Record<string, Record<Role | 'none' | 'anonymous', string>> = {
  private: { anonymous: '', none: '', viewer: 'pull', contributor: 'pull,push', owner: 'pull,push,delete' },
  protected: { anonymous: '', none: 'pull', viewer: 'pull', contributor: 'pull,push', owner: 'pull,push,delete' },
  public: { anonymous: 'pull', none: 'pull', viewer: 'pull', contributor: 'pull,push', owner: 'pull,push,delete' },
};

const allowed = (actor: Actor, facts: NamespaceFacts | null, options = DEFAULT_POLICY) =>
  ACTIONS.filter((action) => decide(actor, action, facts, options).allow).join(',');

describe(decide.name, () => {
  for (const visibility of VISIBILITIES) {
    for (const role of [...ROLES, 'none', 'anonymous'] as const) {
      it(`allows ${role} in a ${visibility} namespace: ${TABLE[visibility]![role] || 'nothing'}`, () => {
        const actor: Actor = role === 'anonymous' ? { kind: 'anonymous' } : user();
        const facts = namespace({ visibility, role: role === 'none' || role === 'anonymous' ? null : role });
        expect(allowed(actor, facts)).toBe(TABLE[visibility]![role]);
      });
    }
  }

  it('allows administrators everything, also where no namespace exists', () => {
    expect(allowed(user({ admin: true }), namespace())).toBe('pull,push,delete');
    expect(allowed(user({ admin: true }), null)).toBe('pull,push,delete');
  });

  it('allows nobody else anything where no namespace exists', () => {
    expect(allowed(user(), null)).toBe('');
    expect(allowed({ kind: 'anonymous' }, null)).toBe('');
  });

  it.each([{ disabled: true }, { locked: true }])('refuses everything to a user that is %j, public or not', (state) => {
    const everything = namespace({ visibility: 'public', role: 'owner' });
    expect(allowed(user({ ...state, admin: true }), everything)).toBe('');
  });

  it('allows the service account everything, whatever the options', () => {
    const options = { ...DEFAULT_POLICY, deleteEnabled: false, pushPolicy: 'admin-only' as const };
    expect(allowed({ kind: 'service' }, null, options)).toBe('pull,push,delete');
  });

  it('refuses an action outside the closed list', () => {
    for (const action of ['*', 'admin', 'create', 'constructor', '']) {
      expect(decide(user({ admin: true }), action as never, namespace(), DEFAULT_POLICY).allow).toBe(false);
    }
  });

  it('refuses anonymous pulls of public namespaces when anonymous access is off', () => {
    const options = { ...DEFAULT_POLICY, anonymousAccess: false };
    expect(allowed({ kind: 'anonymous' }, namespace({ visibility: 'public' }), options)).toBe('');
  });

  it('under admin-only nobody but administrators pushes, not even to their personal namespace', () => {
    const options = { ...DEFAULT_POLICY, pushPolicy: 'admin-only' as const };
    const personal = namespace({ kind: 'personal', ownerId: 7, role: 'owner' });
    expect(allowed(user(), personal, options)).toBe('pull,delete');
    expect(allowed(user({ admin: true }), personal, options)).toBe('pull,push,delete');
  });

  it('under allow-personal a user pushes to the own personal namespace and nowhere else', () => {
    const options = { ...DEFAULT_POLICY, pushPolicy: 'allow-personal' as const };
    const push = (facts: NamespaceFacts) => decide(user(), 'push', facts, options).allow;
    expect(push(namespace({ kind: 'personal', ownerId: 7, role: 'owner' }))).toBe(true);
    expect(push(namespace({ kind: 'personal', ownerId: 8, role: 'owner' }))).toBe(false);
    expect(push(namespace({ role: 'owner' }))).toBe(false);
  });

  it('delete needs delete.enabled, also for administrators, and contributors need delete.contributors (trap 50)', () => {
    const off = { ...DEFAULT_POLICY, deleteEnabled: false };
    expect(decide(user({ admin: true }), 'delete', namespace(), off).allow).toBe(false);
    const on = { ...DEFAULT_POLICY, contributorsDelete: true };
    expect(decide(user(), 'delete', namespace({ role: 'contributor' }), on).allow).toBe(true);
    expect(decide(user(), 'delete', namespace({ role: 'viewer' }), on).allow).toBe(false);
  });
});

describe('what the API decides beside tokens', () => {
  const cases = [...ROLES, null].flatMap((role) =>
    (['allow-teams', 'allow-personal', 'admin-only'] as const).map((pushPolicy) => ({ role, pushPolicy })),
  );

  it.each(cases)('a rollback is a push: $role under $pushPolicy', ({ role, pushPolicy }) => {
    const options = { ...DEFAULT_POLICY, pushPolicy };
    for (const actor of [user(), user({ admin: true }), user({ disabled: true })])
      expect(decide(actor, 'rollback', namespace({ role }), options)).toEqual(
        decide(actor, 'push', namespace({ role }), options),
      );
  });

  it.each([
    ['owner', true],
    ['contributor', false],
    ['viewer', false],
    [null, false],
  ] as const)('rules of retention are for owners and administrators: %s', (role, expected) => {
    const options = { ...DEFAULT_POLICY, deleteEnabled: false, contributorsDelete: true };
    expect(decide(user(), 'retention', namespace({ role }), options).allow).toBe(expected);
    expect(decide(user({ admin: true }), 'retention', namespace({ role }), options).allow).toBe(true);
    expect(decide({ kind: 'anonymous' }, 'retention', namespace({ visibility: 'public' }), options).allow).toBe(false);
  });

  it('is in no token, whoever asks for it', () => {
    const scopes = [{ type: 'repository', name: 'team/app', actions: [...API_ACTIONS] }];
    const { granted } = grantScopes(user({ admin: true }), scopes, () => namespace({ role: 'owner' }), DEFAULT_POLICY);
    expect(granted).toEqual([]);
  });
});
