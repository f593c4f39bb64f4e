import { afterEach, describe, expect, it } from 'vitest';
import { ApiInProcess } from '../support/api-in-process.js';

/** Without an administrator, as after the migrations. */
const NOBODY = { PORTUS_INIT_ADMIN_PASSWORD: '' };

let api: ApiInProcess;
const start = async (env: Record<string, string> = {}) => (api = await ApiInProcess.start({ ...NOBODY, ...env }));
afterEach(() => api.stop());

const user = (username: string) => {
  return { username, email: `${username}@example.test`, password: `password of ${username}` };
};
const bootstrap = (name: string, more = {}) =>
  api.post<{ id: number; application: string; plain_token: string }>(
    '/users/bootstrap',
    { user: user(name), ...more },
    { as: null },
  );
const signUp = (name: string, more = {}) =>
  api.post<{ id: number; admin: boolean }>('/users/sign_up', { user: user(name), ...more }, { as: null });
const asToken = (username: string, token: string) => {
  return { as: null, headers: { 'portus-auth': `${username}:${token}` } };
};
const count = (what: string) =>
  api.database.value<number>(`SELECT count(*)::int FROM users WHERE NOT service AND ${what}`);

describe('the first administrator', () => {
  it('makes itself with POST /users/bootstrap, as in Portus, and nobody after', async () => {
    await start();
    expect((await api.get('/session/options', { as: null })).body).toMatchObject({ first_user: true, sign_up: true });
    const made = await bootstrap('root');
    expect(made).toMatchObject({ status: 201, body: { application: 'bootstrap' } });
    expect((await api.get('/users', asToken('root', made.body.plain_token))).status).toBe(200);
    expect((await bootstrap('mallory')).status).toBe(400);
    expect((await api.get('/session/options', { as: null })).body).toMatchObject({ first_user: false });
    const told = await api.database.sql.query<{ key: string; actor_name: string }>(
      'SELECT key, actor_name FROM activities ORDER BY id',
    );
    expect(told).toEqual([
      { key: 'user.create', actor_name: 'root' },
      { key: 'application_token.create', actor_name: 'root' },
    ]);
  });

  it('of many who come at once there is one', async () => {
    await start();
    const names = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
    const answers = await Promise.all(names.map((name, i) => (i % 2 ? bootstrap(name) : signUp(name))));
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
    expect(await count('admin')).toBe(1);
    expect(await api.database.value(`SELECT count(*)::int FROM application_tokens`)).toBeLessThanOrEqual(1);
  });

  it('trap: an open Portus is not claimed by whoever comes first, once it is late', async () => {
    await start({ PORTUS_FIRST_USER_ADMIN_WINDOW: '0' });
    for (const { status, headers } of [await bootstrap('mallory'), await signUp('mallory')])
      expect([status, headers['allow']]).toEqual([405, expect.stringMatching(/OPTIONS/)]);
    expect(await count('true')).toBe(0);
    expect((await api.get('/session/options', { as: null })).body).toMatchObject({ first_user: false });
  });

  it('trap: and not without the secret, where there is one', async () => {
    await start({ PORTUS_FIRST_USER_ADMIN_SECRET: 'a secret of the site', PORTUS_FIRST_USER_ADMIN_WINDOW: '0' });
    for (const more of [{}, { secret: 'a secret of the sitE' }]) {
      expect((await bootstrap('mallory', more)).status).toBe(403);
      expect((await signUp('mallory', more)).status).toBe(403);
    }
    expect(await count('true')).toBe(0);
    const made = await signUp('root', { secret: 'a secret of the site' });
    expect(made).toMatchObject({ status: 201, body: { admin: true } });
    expect(await signUp('alice')).toMatchObject({ status: 201, body: { admin: false } });
  });

  it('trap: the secret of the site is not guessed: a place has twenty tries an hour', async () => {
    await start({ PORTUS_FIRST_USER_ADMIN_SECRET: 'a secret of the site' });
    for (let i = 1; i <= 20; i++) expect((await bootstrap('mallory', { secret: `guess ${i}` })).status).toBe(403);
    for (const secret of ['guess 21', 'a secret of the site']) {
      expect((await bootstrap('mallory', { secret })).status).toBe(429);
      expect((await signUp('mallory', { secret })).status).toBe(429);
    }
    expect(await count('true')).toBe(0);
  });

  it('is not made where that is switched off', async () => {
    await start({ PORTUS_FIRST_USER_ADMIN_ENABLED: 'false' });
    expect((await bootstrap('root')).status).toBe(405);
    expect(await signUp('root')).toMatchObject({ status: 201, body: { admin: false } });
  });

  it('is refused what no user may be', async () => {
    await start();
    expect((await api.post('/users/bootstrap', { user: { username: 'x' } }, { as: null })).status).toBe(400);
    expect((await bootstrap('portus')).status).toBe(422);
    expect(await count('true')).toBe(0);
  });
});

describe('signing up', () => {
  it('makes a user like others, with a namespace of its own, who can sign in', async () => {
    await start({ PORTUS_INIT_ADMIN_PASSWORD: 'password of admin' });
    const made = await signUp('alice');
    expect(made).toMatchObject({ status: 201, body: { username: 'alice', admin: false } });
    expect(JSON.stringify(made.body)).not.toContain('password');
    const as = { username: 'alice', password: 'password of alice' };
    expect((await api.get<{ name: string }[]>('/namespaces', { as })).body.map(({ name }) => name)).toContain('alice');
    expect((await signUp('Alice')).status).toBe(422);
    const sly = { ...user('sly'), admin: true, bot: true, enabled: false };
    const answer = await api.post('/users/sign_up', { user: sly }, { as: null });
    expect(answer.body).toMatchObject({ admin: false, bot: false, enabled: true });
  });

  it('is refused where it is switched off', async () => {
    await start({ PORTUS_INIT_ADMIN_PASSWORD: 'password of admin', PORTUS_SIGNUP_ENABLED: 'false' });
    expect((await signUp('alice')).status).toBe(405);
    expect((await api.get('/session/options', { as: null })).body).toMatchObject({ sign_up: false });
    expect(await count(`username = 'alice'`)).toBe(0);
  });

  it('is slowed down: one place makes twenty accounts an hour at most', async () => {
    await start({ PORTUS_INIT_ADMIN_PASSWORD: 'password of admin' });
    await api.database.sql.query(
      `INSERT INTO login_failures (username, address, attempt) SELECT ':sign-up', '127.0.0.1', '' FROM generate_series(1, 19)`,
    );
    expect((await signUp('alice')).status).toBe(201);
    const refused = await signUp('bob');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60);
  });
});
