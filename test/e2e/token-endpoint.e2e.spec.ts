import { beforeAll, describe, expect, it } from 'vitest';
import { basic, claimsOf, getToken, granted, postToken } from '../support/ask-token.js';
import { scenes } from '../support/scenes.js';
import type { TestUser } from '../support/stack-handle.js';
import { createTeamNamespace } from '../support/world.js';

scenes('the token endpoint', {}, (house) => {
  let alice: TestUser;
  const as = (user: TestUser): Record<string, string> => basic(user.username, user.password);

  beforeAll(async () => {
    alice = await house().createUser('alice', 'a colon: and an ümlaut');
    await createTeamNamespace(house(), 'crew', [{ userId: alice.id, role: 'viewer' }]);
    await createTeamNamespace(house(), 'open', [], 'public');
    await createTeamNamespace(house(), 'guarded', [], 'protected');
    await createTeamNamespace(house(), 'foreign', []);
  });

  it('answers with the fields that all clients read, and forbids keeping them', async () => {
    const answer = await getToken(house(), { scope: 'repository:alice/app:pull', account: 'alice' }, as(alice));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { token, access_token, expires_in, issued_at, refresh_token } = answer.body;
    expect(access_token).toBe(token);
    expect(expires_in).toBe(300);
    expect(issued_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    expect(refresh_token).toBeUndefined();
    const claims = claimsOf(answer);
    expect(claims).toMatchObject({ iss: 'portus.e2e.test', sub: 'alice', aud: house().registryHost });
    expect(claims.exp - claims.iat).toBe(300);
    expect(Math.floor(Date.parse(issued_at) / 1000)).toBe(claims.iat);
    const again = await getToken(house(), {}, as(alice));
    expect(claimsOf(again).jti).not.toBe(claims.jti);
  });

  it('signs in without any scope, and nobody with a wrong password', async () => {
    const login = await getToken(house(), { account: 'alice', client_id: 'docker', offline_token: 'true' }, as(alice));
    expect(login.status).toBe(200);
    expect(granted(login)).toEqual([]);
    for (const headers of [basic('alice', 'not hers'), basic('nobody', 'x'), basic('alice', '')]) {
      const refused = await getToken(house(), {}, headers);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
      expect(refused.body.errors).toMatchObject([{ code: 'UNAUTHORIZED' }]);
      expect(refused.body.token).toBeUndefined();
    }
  });

  it('takes the user’s name in any case, and writes it as it is stored', async () => {
    expect(claimsOf(await getToken(house(), {}, basic('ALICE', alice.password))).sub).toBe('alice');
  });

  it('gives anonymous requests a token without a name, for what is public', async () => {
    const scope = ['repository:app:pull,push', 'repository:open/app:pull', 'repository:guarded/app:pull'];
    const answer = await getToken(house(), { scope });
    expect(answer.status).toBe(200);
    expect(claimsOf(answer).sub).toBe('');
    expect(granted(answer)).toEqual(['repository:app:pull', 'repository:open/app:pull']);
  });

  describe.each(['GET', 'POST'] as const)('%s', (method) => {
    const ask = (scope: string | string[], who: TestUser = alice) =>
      method === 'GET'
        ? getToken(house(), { scope }, as(who))
        : postToken(house(), {
            grant_type: 'password',
            client_id: 'docker',
            username: who.username,
            password: who.password,
            scope,
          });

    it('grants of each scope what is allowed, each action by itself', async () => {
      const scope = [
        'repository:alice/app:pull,push',
        'repository:crew/app:push,pull,delete',
        'repository:guarded/app:push,pull',
        'repository:foreign/app:pull,push',
        'repository:nowhere/app:pull,push',
        'registry:catalog:*',
      ];
      const expected = ['repository:alice/app:pull,push', 'repository:crew/app:pull', 'repository:guarded/app:pull'];
      expect(granted(await ask(scope))).toEqual(expected);
      expect(granted(await ask(scope.toReversed()))).toEqual(expected);
      expect(granted(await ask(scope.join(' ')))).toEqual(expected);
      expect(granted(await ask([scope.slice(0, 2).join(' '), ...scope.slice(2)]))).toEqual(expected);
    });

    it('makes of `*` the actions that are allowed, and never a literal one', async () => {
      expect(granted(await ask('repository:alice/app:*'))).toEqual(['repository:alice/app:delete,pull,push']);
      expect(granted(await ask('repository:crew/app:*'))).toEqual(['repository:crew/app:pull']);
      expect(granted(await ask('repository:foreign/app:*'))).toEqual([]);
    });

    it('grants the catalog to administrators, and unknown things to nobody', async () => {
      const admin = { id: 0, ...house().admin };
      const scope = ['registry:catalog:*', 'registry:other:*', 'other:app:pull', 'repository:app:fly', 'nonsense', ''];
      expect(granted(await ask(scope, admin))).toEqual(['registry:catalog:*']);
      expect(granted(await ask(scope))).toEqual([]);
    });

    it('joins what is asked twice, and reads a scope with a class', async () => {
      const scope = ['repository:alice/app:pull', 'repository:alice/app:push', 'repository(plugin):alice/tool:pull'];
      expect(granted(await ask(scope))).toEqual(['repository:alice/app:pull,push', 'repository:alice/tool:pull']);
    });
  });

  it('tells on POST what was granted', async () => {
    const form = { grant_type: 'password', username: 'alice', password: alice.password };
    const answer = await postToken(house(), { ...form, scope: 'repository:alice/app:pull repository:foreign/x:pull' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body.scope).toBe('repository:alice/app:pull');
    expect(answer.body.access_token).toBe(answer.body.token);
    expect(claimsOf(answer).sub).toBe('alice');
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['an unknown grant', { grant_type: 'client_credentials' }, 400, 'UNSUPPORTED'],
    ['no grant at all', { username: 'alice' }, 400, 'UNSUPPORTED'],
    ['a refresh token', { grant_type: 'refresh_token', refresh_token: 'anything' }, 401, 'UNAUTHORIZED'],
    ['a wrong password', { grant_type: 'password', username: 'alice', password: 'wrong' }, 401, 'UNAUTHORIZED'],
    ['no user name', { grant_type: 'password', password: 'x' }, 400, 'UNSUPPORTED'],
    [
      'an unknown service',
      { grant_type: 'password', username: 'alice', password: 'x', service: 'other' },
      400,
      'UNSUPPORTED',
    ],
  ])('refuses %s on POST', async (_, form, status, code) => {
    const answer = await postToken(house(), form);
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toMatchObject([{ code }]);
    expect(answer.raw).not.toContain('"token"');
  });

  it('refuses an unknown service and a missing one on GET, with good credentials too', async () => {
    for (const service of ['', 'other.test', house().registryHost.toUpperCase(), `${house().registryHost}x`]) {
      const answer = await getToken(house(), { service, scope: 'repository:alice/app:pull' }, as(alice));
      expect(answer.status, service).toBe(400);
      expect(answer.body.errors).toMatchObject([{ code: 'UNSUPPORTED' }]);
    }
  });

  it('gives a disabled user no further token', async () => {
    const dora = await house().createUser('dora', 'password of dora');
    expect((await getToken(house(), {}, as(dora))).status).toBe(200);
    await house().put(`/users/${dora.id}/enabled`, { enabled: false });
    expect((await getToken(house(), {}, as(dora))).status).toBe(401);
  });
});
