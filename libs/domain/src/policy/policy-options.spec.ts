import { describe, expect, it } from 'vitest';
import { parseScopes } from '../naming/scope.js';
import { DEFAULT_POLICY, type Actor, type NamespaceFacts, type PolicyOptions } from './facts.js';
import { grantScopes } from './grant.js';

type Who = 'admin' | 'owner' | 'contributor' | 'viewer' | 'stranger' | 'own' | 'anonymous';

/** What a token for `repository:…:*` carries; the people of a private team namespace, and `own` in the own personal one. */
const TABLE: [title: string, options: Partial<PolicyOptions>, expected: Record<Who, string>][] = [
  [
    'the default (allow-teams, owners delete)',
    {},
    {
      admin: 'pull push delete',
      owner: 'pull push delete',
      contributor: 'pull push',
      viewer: 'pull',
      stranger: '',
      own: 'pull push delete',
      anonymous: '',
    },
  ],
  [
    'allow-personal',
    { pushPolicy: 'allow-personal' },
    {
      admin: 'pull push delete',
      owner: 'pull delete',
      contributor: 'pull',
      viewer: 'pull',
      stranger: '',
      own: 'pull push delete',
      anonymous: '',
    },
  ],
  [
    'admin-only',
    { pushPolicy: 'admin-only' },
    {
      admin: 'pull push delete',
      owner: 'pull delete',
      contributor: 'pull',
      viewer: 'pull',
      stranger: '',
      own: 'pull delete',
      anonymous: '',
    },
  ],
  [
    'delete.contributors',
    { contributorsDelete: true },
    {
      admin: 'pull push delete',
      owner: 'pull push delete',
      contributor: 'pull push delete',
      viewer: 'pull',
      stranger: '',
      own: 'pull push delete',
      anonymous: '',
    },
  ],
  [
    'delete.enabled off, also with delete.contributors',
    { deleteEnabled: false, contributorsDelete: true },
    {
      admin: 'pull push',
      owner: 'pull push',
      contributor: 'pull push',
      viewer: 'pull',
      stranger: '',
      own: 'pull push',
      anonymous: '',
    },
  ],
];

const asker = (who: Who): Actor =>
  who === 'anonymous'
    ? { kind: 'anonymous' }
    : {
        kind: 'user',
        userId: 7,
        username: who,
        admin: who === 'admin',
        disabled: false,
        locked: false,
        bot: false,
      };
const place = (who: Who, visibility: NamespaceFacts['visibility']): NamespaceFacts => ({
  id: 1,
  kind: who === 'own' ? 'personal' : 'team',
  ownerId: who === 'own' ? 7 : null,
  visibility,
  role: who === 'own' ? 'owner' : who === 'owner' || who === 'contributor' || who === 'viewer' ? who : null,
});
const token = (who: Who, options: Partial<PolicyOptions>, visibility: NamespaceFacts['visibility'] = 'private') => {
  const site = { ...DEFAULT_POLICY, ...options };
  const asked = parseScopes(['repository:team/app:*']);
  return grantScopes(asker(who), asked, () => place(who, visibility), site).granted.flatMap((one) => one.actions);
};

describe('the settings of a site, as tokens carry them', () => {
  describe.each(TABLE)('%s', (_, options, expected) => {
    it.each(Object.entries(expected) as [Who, string][])('%s: %s', (who, actions) => {
      expect(token(who, options).join(' ')).toBe(actions);
    });
  });

  it.each([
    ['on', true, 'pull'],
    ['off', false, ''],
  ])('with anonymous access %s, nobody in particular gets of a public namespace: "%3$s"', (_, on, actions) => {
    expect(token('anonymous', { anonymousAccess: on }, 'public').join(' ')).toBe(actions);
    expect(token('anonymous', { anonymousAccess: on }, 'protected')).toEqual([]);
    expect(token('stranger', { anonymousAccess: on }, 'public')).toEqual(['pull']);
  });
});
