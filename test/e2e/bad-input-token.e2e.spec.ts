import { beforeAll, describe, expect, it } from 'vitest';
import { basic, getToken, granted, postToken } from '../support/ask-token.js';
import { rawBytes, rawRequest, type RawAnswer, type RawRequest } from '../support/raw-http.js';
import { scenes } from '../support/scenes.js';
import type { TestUser } from '../support/stack-handle.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const SECRETS = ['password-of-alice-7f3a', 'wrong-password-5c1e', 'refresh-token-9d2b', 'bearer-token-1a8c'];
const [PASSWORD, WRONG, REFRESH, BEARER] = SECRETS as [string, string, string, string];

scenes('bad input at the token endpoint', { flavours: ['2.8'], stack: { workers: 0 } }, (house) => {
  let alice: TestUser;
  let before: unknown;
  const send = (path: string, more: RawRequest = {}): Promise<RawAnswer> => rawRequest(`${house().url}${path}`, more);
  const rows = () =>
    house().sql(
      `SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM namespaces) AS namespaces,
              (SELECT count(*) FROM repositories) AS repositories, (SELECT count(*) FROM registry_events) AS events,
              (SELECT count(*) FROM application_tokens) AS tokens`,
    );

  beforeAll(async () => {
    alice = await house().createUser('alice', PASSWORD);
    before = await rows();
  });

  /** The shape of every error under `/v2`: one error with a code in capitals, nothing of ours inside. */
  const expectWireError = (answer: RawAnswer, status: number): void => {
    expect(answer.status, answer.text.slice(0, 300)).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const { errors } = JSON.parse(answer.text) as { errors: { code: string; message: string }[] };
    expect(errors).toHaveLength(1);
    expect(errors[0]!.code).toMatch(/^[A-Z_]+$/);
    expect(answer.text).not.toMatch(/node_modules|\.ts:|\.js:|SELECT|at \w+ \(/);
  };

  describe('bodies', () => {
    it.each<[string, RawRequest, number]>([
      ['no body', { headers: FORM }, 400],
      ['an empty form', { headers: FORM, body: '' }, 400],
      ['no media type', { body: 'grant_type=password' }, 415],
      ['JSON', { headers: { 'content-type': 'application/json' }, body: '{"grant_type":"password"}' }, 415],
      ['a form as multipart', { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' }, 415],
      ['a media type that is nonsense', { headers: { 'content-type': '///' }, body: 'x' }, 415],
      ['bytes that are not UTF-8', { headers: FORM, body: Buffer.from([0xff, 0xfe, 0x80, 0x3d, 0xc3]) }, 400],
      ['broken percent signs', { headers: FORM, body: 'grant_type=%zz&%=%&service=%e4%b8' }, 400],
      ['64 KiB and one byte', { headers: FORM, body: `grant_type=password&scope=${'x'.repeat(65_536)}` }, 413],
      ['a length that lies', { headers: { ...FORM, 'content-length': 'many' } }, 400],
    ])('%s', async (_, more, status) => {
      if (more.headers?.['content-length'] === 'many') {
        const lines = ['POST /v2/token HTTP/1.1', 'Host: localhost', 'Content-Length: many', '', ''];
        expect(await rawBytes(house().url, lines.join('\r\n'))).toMatch(/^HTTP\/1\.1 400 /);
        return;
      }
      expectWireError(await send('/v2/token', { method: 'POST', ...more }), status);
    });
  });

  it.each([
    ['bytes that are not UTF-8', '%ff%fe'],
    ['a NUL', 'ser%00vice'],
    ['600 characters', 'x'.repeat(600)],
    ['white space', '%20'],
  ])('refuses a service with %s', async (_, service) => {
    expectWireError(await send(`/v2/token?service=${service}&scope=repository:app:pull`), 400);
  });

  it.each([
    ['a name in upper case', 'repository:Alice/App:pull'],
    ['a name with a port', 'repository:localhost:5000/alice/app:pull'],
    ['a way up', 'repository:alice/../foreign/app:pull'],
    ['a double slash', 'repository:alice//app:pull'],
    ['a NUL', 'repository:alice/a\0pp:pull'],
    ['a line break', 'repository:alice/app\r\nX-Evil: 1:pull'],
    ['an unpaired surrogate', 'repository:alice/\ud800:pull'],
    ['no actions', 'repository:alice/app:'],
    ['no name', 'repository::pull'],
    ['colons only', ':::::'],
    ['SQL', "repository:alice/app';DROP TABLE users;--:pull"],
    ['unknown actions', 'repository:alice/app:admin,Push,PULL,*pull'],
    ['300 characters', `repository:alice/${'x'.repeat(300)}:pull`],
  ])('grants nothing for a scope with %s', async (_, scope) => {
    const login = basic('alice', PASSWORD);
    const form = { grant_type: 'password', username: 'alice', password: PASSWORD, scope };
    for (const answer of [await getToken(house(), { scope }, login), await postToken(house(), form)]) {
      expect(answer.status).toBe(200);
      expect(granted(answer)).toEqual([]);
    }
  });

  it('answers a good scope among a hundred bad ones', async () => {
    const scope = [...Array.from({ length: 100 }, (_, i) => `nonsense-${i}`), 'repository:alice/app:pull'];
    expect(granted(await getToken(house(), { scope }, basic('alice', PASSWORD)))).toEqual([
      'repository:alice/app:pull',
    ]);
  });

  it('answers scopes of a hundred kilobytes at once, with no more than a refusal', async () => {
    const scope = 'repository:alice/app:pull '.repeat(4_000);
    const form = new URLSearchParams({ grant_type: 'password', username: 'alice', password: PASSWORD, scope });
    expectWireError(await send('/v2/token', { method: 'POST', headers: FORM, body: form.toString() }), 413);
    // Node answers a request line of that length by itself, with 431.
    const line = await send(`/v2/token?service=${house().registryHost}&scope=${'x'.repeat(100_000)}`);
    expect(line.status).toBeGreaterThanOrEqual(400);
    expect(line.status).toBeLessThan(500);
    expect((await getToken(house(), {}, basic('alice', PASSWORD))).status).toBe(200);
  });

  it.each<[string, string]>([
    ['Bearer', `Bearer ${BEARER}`],
    ['Basic without anything', 'Basic'],
    ['Basic that is not base64', 'Basic !!!!'],
    ['Basic without a colon', `Basic ${Buffer.from('alice').toString('base64')}`],
    ['Basic with a NUL', `Basic ${Buffer.from(`alice\0:${PASSWORD}`).toString('base64')}`],
    ['Basic without a name', `Basic ${Buffer.from(`:${PASSWORD}`).toString('base64')}`],
    ['Basic of five kilobytes', `Basic ${Buffer.from(`alice:${'x'.repeat(5_000)}`).toString('base64')}`],
    ['Basic that is not UTF-8', `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0x80]).toString('base64')}`],
    ['Digest', 'Digest username="alice"'],
    ['an empty one', ''],
  ])('never takes a malformed Authorization header for an anonymous request: %s', async (_, authorization) => {
    const path = `/v2/token?service=${house().registryHost}&scope=repository:app:pull`;
    const answer = await send(path, { headers: { authorization } });
    expectWireError(answer, 401);
    expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/);
  });

  it('refuses two Authorization headers', async () => {
    const good = `Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64')}`;
    const bad = `Basic ${Buffer.from(`alice:${WRONG}`).toString('base64')}`;
    const path = `/v2/token?service=${house().registryHost}`;
    const lines = [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close'];
    for (const [first, second] of [
      [good, bad],
      [bad, good],
    ]) {
      const text = [...lines, `Authorization: ${first}`, `Authorization: ${second}`, '', ''].join('\r\n');
      const answer = await rawBytes(house().url, text);
      // HTTP lets the first one count; what must not be is that a bad one opens the door.
      expect(answer.startsWith('HTTP/1.1 200')).toBe(first === good);
    }
  });

  it('tells its methods to OPTIONS', async () => {
    const answer = await send('/v2/token', { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(answer.headers['allow']).toBe('GET, HEAD, OPTIONS, POST');
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('answers %s in the shape of registries', async (method) => {
    const answer = await send('/v2/token', { method });
    expect(answer.status).toBe(405);
    expectWireError(answer, answer.status);
  });

  it.each(['/v2/unknown', '/v2/token/', '/v2//token', '/v2/%zz', '/v2/token%00', '/v2/app/manifests/v1'])(
    'answers the unknown path %s in the shape of registries',
    async (path) => {
      const answer = await send(path);
      expect([400, 404]).toContain(answer.status);
      expectWireError(answer, answer.status);
    },
  );

  it('ignores parameters that it does not know', async () => {
    const parameters = {
      scope: 'repository:alice/app:pull',
      'service[]': 'x',
      __proto__x: '1',
      account: 'bob',
      x: ['1', '2'],
    };
    const answer = await getToken(house(), parameters, basic('alice', PASSWORD));
    expect(answer.status).toBe(200);
    expect(granted(answer)).toEqual(['repository:alice/app:pull']);
  });

  it('has stored nothing', async () => {
    expect(await rows()).toEqual(before);
  });

  it('has written nothing that is secret', async () => {
    await getToken(house(), {}, basic('alice', WRONG));
    await postToken(house(), { grant_type: 'refresh_token', refresh_token: REFRESH });
    const last = await getToken(house(), { scope: 'repository:alice/app:pull' }, basic(alice.username, PASSWORD));
    const logs = house().logs();
    expect(logs).toContain('/v2/token');
    const encoded = SECRETS.map((secret) => Buffer.from(`alice:${secret}`).toString('base64'));
    for (const secret of [...SECRETS, ...encoded, last.body.token, house().adminPassword]) {
      expect(logs.includes(secret), secret.slice(0, 20)).toBe(false);
    }
  });
});
