import { describe, expect, it } from 'vitest';
import { ACCOUNT_CHANGES, type AccountChange, type AccountFacts, decideAccountChange } from './accounts.js';
import type { Actor } from './facts.js';

const admin = { kind: 'user', userId: 1, username: 'root', admin: true, disabled: false, locked: false, bot: false };
const actor = (changes: object = {}) => ({ ...admin, ...changes }) as Actor;
const account = (changes: Partial<AccountFacts> = {}): AccountFacts => {
  return { id: 2, service: false, bot: false, ableAdmin: false, otherAdmins: 1, ...changes };
};
const decide = (change: AccountChange, by = actor(), of = account()) => decideAccountChange(by, change, of);

describe('changes of accounts', () => {
  it.each(ACCOUNT_CHANGES)('%s is for administrators only', (change) => {
    expect(decide(change)).toEqual({ allow: true, reason: 'admin' });
    expect(decide(change, actor({ admin: false }))).toEqual({ allow: false, reason: 'not-admin' });
    expect(decide(change, { kind: 'anonymous' })).toEqual({ allow: false, reason: 'not-admin' });
    expect(decide(change, actor({ disabled: true })).allow).toBe(false);
    expect(decide(change, actor({ locked: true })).allow).toBe(false);
  });

  it.each(ACCOUNT_CHANGES)('%s is never done to the service account', (change) => {
    expect(decide(change, actor(), account({ service: true })).reason).toBe('service-account');
  });

  it('nobody takes away the own rights', () => {
    const own = ACCOUNT_CHANGES.filter((change) => !decide(change, actor(), account({ id: 1 })).allow);
    expect(own).toEqual(['demote', 'disable', 'lock', 'delete']);
  });

  it('the last administrator who can sign in stays', () => {
    const last = account({ ableAdmin: true, otherAdmins: 0 });
    const kept = ACCOUNT_CHANGES.filter((change) => decide(change, actor(), last).reason === 'last-admin');
    expect(kept).toEqual(['demote', 'disable', 'lock', 'delete']);
    expect(decide('delete', actor(), account({ ableAdmin: true, otherAdmins: 1 })).allow).toBe(true);
  });

  it('a token that ends gives nothing that outlives it', () => {
    const token = { expiry: 'ahead', actions: null, namespaces: null };
    const refused = ACCOUNT_CHANGES.filter((change) => !decide(change, actor({ token })).allow);
    expect(refused).toEqual(['change-email', 'set-password', 'promote']);
    expect(decide('promote', actor({ token: { ...token, expiry: 'never' } })).allow).toBe(true);
  });

  it('a bot gets no password, and what is no change is refused', () => {
    expect(decide('set-password', actor(), account({ bot: true })).reason).toBe('bot');
    expect(decide('toString' as AccountChange).allow).toBe(false);
  });
});
