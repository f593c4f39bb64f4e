import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_SCOPES } from '#domain/naming/scope.js';
import { basic, claimsOf, getToken, granted, headerOf, postToken, type TokenAnswer } from '../support/ask-token.js';
import {
  BASIC_RULES,
  GET_RULES,
  POST_RULES,
  type Rule,
  type TokenAsk,
  type TokenExpectation,
} from '../support/protocol-rules.js';
import { SCOPE_RULES } from '../support/scope-rules.js';
import { rawRequest, type RawAnswer } from '../support/raw-http.js';
import { scenes } from '../support/scenes.js';
import { createTeamNamespace } from '../support/world.js';

const PASSWORD = 'p:ä ss+wörd';
const FORM_TYPE = 'application/x-www-form-urlencoded';

scenes('the protocol of tokens', { flavours: ['2.8'], stack: { workers: 0 } }, (house) => {
  const alice = basic('alice', PASSWORD);

  beforeAll(async () => {
    const { id } = await house().createUser('alice', PASSWORD);
    await createTeamNamespace(house(), 'crew', [{ userId: id, role: 'viewer' }]);
    await createTeamNamespace(house(), 'open', [], 'public');
    await createTeamNamespace(house(), 'foreign', []);
  });

  const withService = (text: string): string => {
    const replaced = text.replace('SERVICE', house().registryHost);
    return /(^|&)service=/.test(replaced) ? replaced : `service=${house().registryHost}&${replaced}`;
  };

  const send = async ({ method, query, form, basic: pair, headers = {} }: TokenAsk): Promise<RawAnswer> => {
    const path = form === undefined || query !== undefined ? `/v2/token?${withService(query ?? '')}` : '/v2/token';
    const credentials = pair === undefined ? {} : { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
    if (form === undefined)
      return rawRequest(`${house().url}${path}`, { method: method ?? 'GET', headers: { ...credentials, ...headers } });
    const all = { 'content-type': FORM_TYPE, ...credentials, ...headers };
    return rawRequest(`${house().url}${path}`, { method: method ?? 'POST', headers: all, body: withService(form) });
  };

  /** What holds for every answer of the endpoint, whatever was asked. */
  const expectAnswer = (
    answer: RawAnswer,
    ask: TokenAsk,
    { status = 200, grants, sub, code }: TokenExpectation,
  ): void => {
    expect(answer.status, answer.text.slice(0, 500)).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    if (ask.method === 'HEAD') return expect(answer.text).toBe('');
    const body = JSON.parse(answer.text) as TokenAnswer['body'];
    if (status !== 200) {
      expect(body.errors).toMatchObject([{ code, message: expect.any(String) }]);
      expect(Object.hasOwn(body, 'token')).toBe(false);
      if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Basic realm="/);
      return;
    }
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(body.access_token).toBe(body.token);
    const claims = claimsOf({ body } as TokenAnswer);
    if (sub !== undefined) expect(claims.sub).toBe(sub);
    if (grants !== undefined) expect(granted({ body } as TokenAnswer)).toEqual(grants);
  };

  const tables: Record<string, readonly Rule[]> = {
    'the GET form (1.2, 1.9)': GET_RULES,
    'the POST form (1.3, 1.9)': POST_RULES,
    'scopes (1.8, traps 9 to 12, 21 to 24, 42, 45, 51)': SCOPE_RULES,
    'HTTP Basic (trap 15)': BASIC_RULES,
  };
  describe.each(Object.entries(tables))('%s', (_, rules) => {
    it.each(rules)('%s', async (_rule, ask, expected) => expectAnswer(await send(ask), ask, expected));
  });

  it('a scope of the POST form is granted as the same scope of the GET form', async () => {
    for (const [rule, { query = '' }, { grants }] of SCOPE_RULES) {
      const form = `grant_type=password&username=alice&password=${encodeURIComponent(PASSWORD)}&${query}`;
      const answer = await send({ form });
      expect(answer.status, rule).toBe(200);
      const body = JSON.parse(answer.text) as TokenAnswer['body'];
      expect(granted({ body } as TokenAnswer), rule).toEqual(grants);
      const told = body.scope === '' ? [] : body.scope!.split(' ');
      expect(
        told
          .map((one) => one.replace(/:([^:]*)$/, (_, list: string) => `:${list.split(',').toSorted().join(',')}`))
          .toSorted(),
      ).toEqual(grants);
    }
  });

  it('a mount reveals nothing of its source: what is hidden is answered like what does not exist (trap 21)', async () => {
    const ask = async (source: string) => {
      const scope = ['repository:alice/app:pull,push', `repository:${source}/base:pull`];
      const answer = await getToken(house(), { scope }, alice);
      const { access } = claimsOf(answer);
      const { token: _, access_token: __, issued_at: ___, ...body } = answer.body;
      return { status: answer.status, access, body, headers: [...answer.headers.keys()] };
    };
    expect(await ask('foreign')).toEqual(await ask('nowhere'));
  });

  it('an answer is never kept by a cache, and differs by who asks (trap 46)', async () => {
    const answer = await getToken(house(), {}, alice);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('vary')).toMatch(/authorization/i);
    expect((await getToken(house(), {}, basic('alice', 'x'))).headers.get('cache-control')).toBe('no-store');
  });

  it('a refresh token is given when it is asked for, by offline_token and access_type alone (trap 13)', async () => {
    const form = { grant_type: 'password', username: 'alice', password: PASSWORD };
    const given = async (answer: Promise<TokenAnswer>) => (await answer).body.refresh_token !== undefined;
    expect(await given(getToken(house(), { offline_token: 'true' }, alice))).toBe(true);
    expect(await given(getToken(house(), { offline_token: 'false' }, alice))).toBe(false);
    expect(await given(getToken(house(), { access_type: 'offline' }, alice))).toBe(false);
    expect(await given(getToken(house(), { offline_token: 'true' }))).toBe(false);
    expect(await given(postToken(house(), { ...form, access_type: 'offline' }))).toBe(true);
    expect(await given(postToken(house(), { ...form, access_type: 'online' }))).toBe(false);
    expect(await given(postToken(house(), { ...form, offline_token: 'true' }))).toBe(false);
  });

  it('a token is what 2.8 and 3.x both read (2.1, 2.3, traps 1 to 6)', async () => {
    const before = Math.floor(Date.now() / 1000);
    const answer = await getToken(house(), { scope: 'repository(plugin):alice/app:pull' }, alice);
    const header = headerOf(answer);
    expect(Object.keys(header).toSorted()).toEqual(['alg', 'kid', 'typ', 'x5c']);
    expect(header).toMatchObject({
      typ: 'JWT',
      alg: 'ES256',
      kid: expect.stringMatching(/^([A-Z2-7]{4}:){11}[A-Z2-7]{4}$/),
    });
    const der = Buffer.from(header.x5c![0]!, 'base64');
    expect(der.toString('base64'), 'standard base64, one line').toBe(header.x5c![0]);
    expect(Date.parse(new X509Certificate(der).validFrom) / 1000, 'back-dated').toBeLessThan(before - 3_600);
    expect(Buffer.from(answer.body.token.split('.')[2]!, 'base64url'), 'raw r and s').toHaveLength(64);
    const claims = claimsOf(answer);
    expect(Object.keys(claims).toSorted()).toEqual(['access', 'aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'sub']);
    for (const name of ['exp', 'nbf', 'iat'] as const) expect(Number.isInteger(claims[name]), name).toBe(true);
    for (const name of ['iss', 'aud', 'sub', 'jti'] as const) expect(typeof claims[name], name).toBe('string');
    expect(claims.iat - claims.nbf).toBeGreaterThanOrEqual(10);
    expect(claims.iat - claims.nbf).toBeLessThanOrEqual(60);
    expect(claims.exp - claims.iat).toBe(answer.body.expires_in);
    expect(answer.body.expires_in).toBeGreaterThanOrEqual(60);
    expect(claims.access).toEqual([{ type: 'repository', name: 'alice/app', actions: ['pull'] }]);
    expect(Math.floor(Date.parse(answer.body.issued_at) / 1000), 'the true time').toBe(claims.iat);
    expect(claims.iat).toBeGreaterThanOrEqual(before);
    expect(claims.iat).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
  });

  it('an answer is small, has one entry for each repository, and a bounded number of them (1.4, trap 43)', async () => {
    const scopes = (count: number) => Array.from({ length: count }, (_, i) => `repository:alice/r${i}:pull,push`);
    const usual = await getToken(house(), { scope: [...scopes(50), ...scopes(50)] }, alice);
    expect(claimsOf(usual).access).toHaveLength(50);
    expect(usual.body.token.length, 'fits the header buffers of proxies').toBeLessThan(8_192);
    const form = { grant_type: 'password', username: 'alice', password: PASSWORD, scope: scopes(1_000).join(' ') };
    const many = await postToken(house(), form);
    expect(many.status).toBe(200);
    expect(claimsOf(many).access).toHaveLength(MAX_SCOPES);
    expect(many.raw.length, 'what crane reads').toBeLessThan(65_536);
  });

  it('a service may be an IPv6 address with a port, and so may a client be one (trap 20)', async () => {
    await house().sql(`INSERT INTO registries (name, hostname, use_ssl) VALUES ('six', '[::1]:5000', false)`);
    const answer = await getToken(house(), { service: '[::1]:5000' }, alice);
    expect([answer.status, claimsOf(answer).aud]).toEqual([200, '[::1]:5000']);
    await house().sql(`DELETE FROM registries WHERE name = 'six'`);
  });

  it('the catalog is for administrators, with a literal * (1.8)', async () => {
    const admin = basic('admin', house().adminPassword);
    const answer = await getToken(house(), { scope: 'registry:catalog:*' }, admin);
    expect(claimsOf(answer).access).toEqual([{ type: 'registry', name: 'catalog', actions: ['*'] }]);
    expect(granted(await getToken(house(), { scope: 'registry:catalog:pull' }, admin))).toEqual([]);
    expect(granted(await getToken(house(), { scope: 'repository:any/thing:*' }, admin))).toEqual([
      'repository:any/thing:delete,pull,push',
    ]);
  });

  it('a wrong password that comes by POST and then by GET is one guess (1.6, trap 14)', async () => {
    await house().createUser('wendy', 'password of wendy');
    for (let guess = 1; guess <= 7; guess++) {
      const wrong = `wrong ${guess}`;
      expect((await postToken(house(), { grant_type: 'password', username: 'wendy', password: wrong })).status).toBe(
        401,
      );
      expect((await getToken(house(), {}, basic('wendy', wrong))).status).toBe(401);
    }
    expect((await getToken(house(), {}, basic('wendy', 'password of wendy'))).status).toBe(200);
  });

  it('a request is named by its id in the answer and in the log', async () => {
    const id = 'one.request-of_this.test';
    const scope = 'repository:foreign/app:push';
    const answer = await getToken(house(), { scope }, { ...alice, 'x-request-id': id });
    expect(answer.headers.get('x-request-id')).toBe(id);
    await expect.poll(() => house().logs()).toContain(`"requestId":"${id}"`);
    await expect
      .poll(() =>
        house()
          .logs()
          .split('\n')
          .filter((line) => line.includes(`"requestId":"${id}"`))
          .map((line) => (JSON.parse(line) as { msg: string }).msg)
          .toSorted(),
      )
      .toEqual(['refused', 'request', 'token']);
    const odd = await getToken(house(), {}, { 'x-request-id': 'a b"c' });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
