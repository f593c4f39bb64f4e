import { describe, expect, it } from 'vitest';
import type { Actor, Role } from './facts.js';
import { decideOperation, type ManageOptions, mayDeleteComment, type Operation, OPERATIONS } from './manage.js';

const ON: ManageOptions = {
  createTeam: true,
  manageTeam: true,
  createNamespace: true,
  manageNamespace: true,
  changeVisibility: true,
  createWebhook: true,
  manageWebhook: true,
  deleteEnabled: true,
};
const OFF = Object.fromEntries(Object.keys(ON).map((key) => [key, false])) as unknown as ManageOptions;
const user = (more: Partial<Extract<Actor, { kind: 'user' }>> = {}): Actor => ({
  kind: 'user',
  userId: 1,
  username: 'somebody',
  admin: false,
  disabled: false,
  locked: false,
  bot: false,
  ...more,
});

type Who = Role | 'stranger' | 'admin';
/** Who may, with everything switched on and with everything switched off. */
const TABLE: Record<Operation, { on: Who[]; off: Who[] }> = {
  'team.create': { on: ['stranger', 'viewer', 'contributor', 'owner', 'admin'], off: ['admin'] },
  'team.see': { on: ['viewer', 'contributor', 'owner', 'admin'], off: ['viewer', 'contributor', 'owner', 'admin'] },
  'team.update': { on: ['owner', 'admin'], off: ['admin'] },
  'team.delete': { on: ['owner', 'admin'], off: [] },
  'team.change-members': { on: ['owner', 'admin'], off: ['owner', 'admin'] },
  'namespace.create': { on: ['contributor', 'owner', 'admin'], off: ['admin'] },
  'namespace.update': { on: ['owner', 'admin'], off: ['admin'] },
  'namespace.change-visibility': { on: ['owner', 'admin'], off: ['admin'] },
  'repository.describe': { on: ['owner', 'admin'], off: ['owner', 'admin'] },
  'webhook.see': { on: ['viewer', 'contributor', 'owner', 'admin'], off: ['viewer', 'contributor', 'owner', 'admin'] },
  'webhook.inspect': { on: ['owner', 'admin'], off: ['owner', 'admin'] },
  'webhook.create': { on: ['owner', 'admin'], off: ['admin'] },
  'webhook.manage': { on: ['owner', 'admin'], off: ['admin'] },
};
const WHO: Who[] = ['stranger', 'viewer', 'contributor', 'owner', 'admin'];

const may = (who: Who, operation: Operation, options: ManageOptions, hidden = false): boolean => {
  const role = who === 'stranger' || who === 'admin' ? null : who;
  return decideOperation(user({ admin: who === 'admin' }), operation, { role, hidden }, options).allow;
};

describe(decideOperation.name, () => {
  it.each(OPERATIONS)('%s is for whom the table says', (operation) => {
    expect(WHO.filter((who) => may(who, operation, ON))).toEqual(TABLE[operation].on);
    expect(WHO.filter((who) => may(who, operation, OFF))).toEqual(TABLE[operation].off);
  });

  it.each(['team.update', 'team.delete', 'team.change-members', 'namespace.create'] as const)(
    '%s is for nobody where the team is hidden',
    (operation) => {
      expect(WHO.filter((who) => may(who, operation, ON, true))).toEqual([]);
    },
  );

  it.each(OPERATIONS)(
    '%s is not for a disabled or locked administrator, nor for anybody who is not signed in',
    (one) => {
      const owner = { role: 'owner', hidden: false } as const;
      const actors: Actor[] = [
        user({ admin: true, disabled: true }),
        user({ admin: true, locked: true }),
        { kind: 'anonymous' },
      ];
      for (const actor of actors) expect(decideOperation(actor, one, owner, ON).allow).toBe(false);
    },
  );

  it('refuses what is no operation', () => {
    const none = 'team.destroy' as Operation;
    expect(decideOperation(user({ admin: true }), none, { role: 'owner', hidden: false }, ON).allow).toBe(false);
    const inherited = 'toString' as Operation;
    expect(decideOperation(user({ admin: true }), inherited, { role: 'owner', hidden: false }, ON).allow).toBe(false);
  });
});

describe(mayDeleteComment.name, () => {
  it('is for its author and for administrators, while they may do anything', () => {
    expect(mayDeleteComment(user(), 1)).toBe(true);
    expect(mayDeleteComment(user(), 2)).toBe(false);
    expect(mayDeleteComment(user({ admin: true }), 2)).toBe(true);
    expect(mayDeleteComment(user({ disabled: true }), 1)).toBe(false);
    expect(mayDeleteComment({ kind: 'anonymous' }, 1)).toBe(false);
  });
});
