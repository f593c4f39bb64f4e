import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRealRegistry, type RealRegistry } from '../support/real-registry.js';
import { rawBytes, rawRequest, type RawAnswer, type RawRequest } from '../support/raw-http.js';
import { scenes } from '../support/scenes.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const MARKER = 'marker-of-a-password-4b7d';

scenes('bad input at the API', { flavours: ['2.8'], stack: { workers: 0 } }, (house) => {
  let before: unknown;
  let reachable: RealRegistry;
  const admin = (): Record<string, string> => {
    const pair = Buffer.from(`admin:${house().adminPassword}`).toString('base64');
    return { authorization: `Basic ${pair}` };
  };
  const send = (path: string, more: RawRequest = {}): Promise<RawAnswer> =>
    rawRequest(`${house().url}${path}`, { ...more, headers: { ...admin(), ...more.headers } });
  const post = (path: string, body: Buffer | string, headers: Record<string, string> = JSON_TYPE): Promise<RawAnswer> =>
    send(`/api/v1${path}`, { method: 'POST', headers, body });
  const counts = () =>
    house().sql(
      `SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM registries) AS registries,
              (SELECT count(*) FROM namespaces) AS namespaces, (SELECT count(*) FROM application_tokens) AS tokens`,
    );

  beforeAll(async () => {
    reachable = await startRealRegistry({ binary: process.env['PORTUS_TEST_REGISTRY_28']! });
    before = await counts();
  });
  afterAll(() => reachable?.remove());

  /** `message` as Portus has it, and the members of RFC 9457; nothing of what is inside. */
  const expectProblem = (answer: RawAnswer, ...statuses: number[]): void => {
    expect(statuses, answer.text.slice(0, 300)).toContain(answer.status);
    expect(answer.headers['content-type']).toMatch(/^application\/(problem\+)?json/);
    const body = JSON.parse(answer.text) as Record<string, unknown>;
    expect(body).toMatchObject({ status: answer.status, title: expect.any(String), code: expect.any(String) });
    expect(body['message']).toBeTruthy();
    expect(answer.text).not.toMatch(/node_modules|\.ts:|\.js:|SELECT|INSERT|relation|syntax error at/);
  };

  describe('bodies', () => {
    it.each<[string, Buffer | string, Record<string, string>, number[]]>([
      ['nothing', '', JSON_TYPE, [400]],
      ['no JSON', 'hello', JSON_TYPE, [400]],
      ['half of a JSON', '{"user":{"username":"x"', JSON_TYPE, [400]],
      ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x80, 0x7d]), JSON_TYPE, [400]],
      ['null', 'null', JSON_TYPE, [400]],
      ['a list', '[]', JSON_TYPE, [400]],
      ['a number', '7', JSON_TYPE, [400]],
      ['an empty object', '{}', JSON_TYPE, [400]],
      ['brackets without end', '['.repeat(100_000), JSON_TYPE, [400]],
      ['a poisoned prototype', '{"__proto__":{"admin":true},"user":{}}', JSON_TYPE, [400]],
      ['a megabyte and one byte', `{"x":"${'x'.repeat(1_048_576)}"}`, JSON_TYPE, [413]],
      ['XML', '<user/>', { 'content-type': 'application/xml' }, [415]],
      ['text', 'hello', { 'content-type': 'text/plain' }, [400, 415]],
      ['a media type that is nonsense', '{}', { 'content-type': '///' }, [415]],
      ['a form', 'user[username]=x', { 'content-type': 'application/x-www-form-urlencoded' }, [400, 415]],
    ])('%s', async (_, body, headers, statuses) => {
      for (const path of ['/users', '/registries']) expectProblem(await post(path, body, headers), ...statuses);
    });
  });

  const user = { username: 'fresh', email: 'fresh@example.test', password: MARKER };
  it.each<[string, Record<string, unknown>]>([
    ['no name', { username: undefined }],
    ['an empty name', { username: '  ' }],
    ['a name with a colon', { username: 'a:b' }],
    ['a name with a NUL', { username: 'a\0b' }],
    ['a name of punctuation', { username: '???' }],
    ['a name of 300 characters', { username: 'x'.repeat(300) }],
    ['a name that is an object', { username: { $gt: '' } }],
    ['no password', { password: undefined }],
    ['a short password', { password: 'short' }],
    ['a password of 200 characters', { password: MARKER.repeat(10) }],
    ['a password with a NUL', { password: `${MARKER}\0` }],
    ['a password that is a list', { password: [MARKER] }],
    ['no address', { email: undefined }],
    ['an address that is none', { email: 'nowhere' }],
    ['an address with a NUL', { email: 'a\0@example.test' }],
    ['a shown name with a NUL', { display_name: 'a\0' }],
    ['a flag that is none', { bot: 'perhaps' }],
  ])('makes no user with %s', async (_, changes) => {
    const answer = await post('/users', JSON.stringify({ user: { ...user, ...changes } }));
    expectProblem(answer, 400, 422);
    expect(answer.text).not.toContain(MARKER);
  });

  it('makes nobody an administrator who asks for it', async () => {
    const asked = { ...user, admin: true, service: true, id: 1, enabled: false };
    const answer = await post('/users', JSON.stringify({ user: asked }));
    expect([201, 400]).toContain(answer.status);
    if (answer.status === 400) return;
    const made = JSON.parse(answer.text) as { id: number };
    expect(made).toMatchObject({ admin: false, enabled: true });
    expect(made.id).not.toBe(1);
    await house().sql('UPDATE users SET namespace_id = NULL WHERE id = $1', [made.id]);
    await house().sql('DELETE FROM namespaces WHERE owner_id = $1', [made.id]);
    await house().sql('DELETE FROM users WHERE id = $1', [made.id]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['no hostname', { hostname: undefined }],
    ['a URL', { hostname: 'http://127.0.0.1:5000' }],
    ['a path', { hostname: '127.0.0.1:5000/v2' }],
    ['a user', { hostname: 'admin@127.0.0.1:5000' }],
    ['a line break', { hostname: '127.0.0.1:5000\r\nHost: x' }],
    ['a NUL in its name', { name: 'a\0b' }],
    ['a NUL in its secret', { webhook_secret: `${'x'.repeat(20)}\0` }],
    ['a short secret', { webhook_secret: 'short' }],
    ['a name of 300 characters', { name: 'x'.repeat(300) }],
    ['a port that is none', { hostname: '127.0.0.1:99999' }],
    ['a name with a port that is none', { hostname: 'x:99999' }],
    ['a host that no URL can name', { hostname: '1.2.3.4.5' }],
  ])('makes no registry with %s', async (_, changes) => {
    const registry = { name: 'fresh', hostname: reachable.hostPort, use_ssl: false, ...changes };
    expectProblem(await post('/registries', JSON.stringify({ registry })), 400, 422);
  });

  it.each([
    '/users/a%00b',
    '/users/%ff',
    '/users/a@example.test',
    '/repositories/0',
    '/repositories/-1',
    '/repositories/1.5',
    '/repositories/1e3',
    '/repositories/99999999999999999999',
    '/repositories/abc',
    "/repositories/1'--",
    '/tags/%00',
    '/namespaces/NaN',
    '/unknown',
    '/repositories/1/unknown',
  ])('has nothing at %s', async (path) => {
    expectProblem(await send(`/api/v1${path}`), 400, 404);
  });

  it('validates a host that no URL can name, and says so', async () => {
    const answer = await send('/api/v1/registries/validate?name=x&hostname=1.2.3.4.5');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ messages: { hostname: ['is not a hostname'] }, valid: false });
  });

  it.each(['repository=app&user=a%00b', 'repository=a%00b', 'repository=app&registry=a%00b'])(
    'explains nothing about ?%s',
    async (query) => {
      expectProblem(await send(`/api/v1/explain?action=pull&${query}`), 400);
    },
  );

  it.each([
    'page=0',
    'page=-1',
    'page=1e9',
    'page=abc',
    'per_page=0',
    'per_page=1001',
    'per_page=1.5',
    'sort_attr=password_hash',
    'sort_attr=id;DROP TABLE users',
    'sort_order=sideways',
    'all=perhaps',
    'page=1&page=2',
  ])('refuses the list with ?%s', async (query) => {
    for (const list of ['users', 'namespaces', 'repositories', 'registries', 'tags']) {
      expectProblem(await send(`/api/v1/${list}?${query}`), 400);
    }
  });

  it.each<[string, Record<string, string>]>([
    ['Basic that is not base64', { authorization: 'Basic !!!' }],
    ['Basic without a colon', { authorization: `Basic ${Buffer.from('admin').toString('base64')}` }],
    ['Basic with a NUL', { authorization: `Basic ${Buffer.from('admin\0:x').toString('base64')}` }],
    ['Bearer', { authorization: `Bearer ${MARKER}` }],
    ['a Portus-Auth without a colon', { 'portus-auth': 'admin' }],
    ['a Portus-Auth with a NUL', { 'portus-auth': `admin:${MARKER}` }],
    ['nothing', {}],
  ])('answers 401 for %s', async (_, headers) => {
    const answer = await rawRequest(`${house().url}/api/v1/users`, { headers });
    expectProblem(answer, 401);
    expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/);
  });

  it('says an id of the request that was given, and none that could break a log', async () => {
    const named = await send('/api/v1/users', { headers: { 'x-request-id': 'my-request.1' } });
    expect(named.headers['x-request-id']).toBe('my-request.1');
    const lines = ['GET /api/v1/_ping HTTP/1.1', 'Host: localhost', 'Connection: close', 'X-Request-Id: {"a":1} x'];
    const answer = await rawBytes(house().url, [...lines, '', ''].join('\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    expect(answer).toMatch(/x-request-id: [0-9a-f-]{36}/i);
  });

  it('has stored nothing', async () => {
    expect(await counts()).toEqual(before);
  });

  it('has written nothing that is secret, and no error of its own', async () => {
    const encoded = Buffer.from(`admin:${house().adminPassword}`).toString('base64');
    const logs = house().logs();
    for (const secret of [MARKER, encoded, house().adminPassword]) expect(logs.includes(secret)).toBe(false);
    const failures = logs.split('\n').filter((line) => line.includes('"level":50') || line.includes('"level":60'));
    expect(failures).toEqual([]);
  });
});
