import { beforeAll, expect, it } from 'vitest';
import { scenes } from '../support/scenes.js';
import type { TestUser } from '../support/stack-handle.js';

interface Browser {
  cookie: string;
  csrf: string;
}
const SERVICE_PASSWORD = 'a password of the service account';
const NEW_PASSWORD = 'another password of alice';

scenes(
  'sessions of the API',
  {
    flavours: ['2.8'],
    stack: { workers: 0, env: { PORTUS_TRUSTED_PROXIES: '127.0.0.1, ::1', PORTUS_PASSWORD: SERVICE_PASSWORD } },
  },
  (house) => {
    let alice: TestUser;
    beforeAll(async () => {
      alice = await house().createUser('alice', 'password of alice');
    });

    const signIn = (username: string, password: string, headers: Record<string, string> = {}) =>
      house().post<{ csrf_token: string }>('/session', { username, password }, { as: null, headers });
    const open = async (password = alice.password): Promise<Browser> => {
      const answer = await signIn('alice', password);
      expect(answer.status).toBe(201);
      const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
      return { cookie, csrf: answer.body.csrf_token };
    };
    const withCookie = ({ cookie, csrf }: Browser) => ({ as: null, headers: { cookie, 'x-csrf-token': csrf } });
    const status = async (browser: Browser) => (await house().get('/session', withCookie(browser))).status;

    it('a browser signs in, is known, and signs out', async () => {
      const answer = await signIn('ALICE', alice.password);
      expect(answer.body).toMatchObject({ user: { username: 'alice' } });
      expect(answer.headers.get('set-cookie')).toMatch(
        /^portus_session=pts_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
      );
      const browser = await open();
      const seen = await house().get('/session', withCookie(browser));
      expect(seen.body).toMatchObject({ user: { username: 'alice' }, csrf_token: browser.csrf });
      expect((await house().get('/repositories', withCookie(browser))).status).toBe(200);
      expect((await house().get('/users', withCookie(browser))).status).toBe(403);
      const out = await house().delete('/session', withCookie(browser));
      expect(out.status).toBe(204);
      expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
      expect(await status(browser)).toBe(401);
    });

    it('behind TLS the cookie is of this very host, and no other one counts', async () => {
      const tls = { 'x-forwarded-proto': 'https' };
      const answer = await signIn('alice', alice.password, tls);
      const cookie = answer.headers.get('set-cookie') ?? '';
      expect(cookie).toMatch(/^__Host-portus_session=pts_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
      const [pair = ''] = cookie.split(';');
      const asks = async (headers: Record<string, string>) =>
        (await house().get('/session', { as: null, headers })).status;
      expect(await asks({ ...tls, cookie: pair })).toBe(200);
      expect(await asks({ ...tls, cookie: pair.replace('__Host-', '') })).toBe(401);
      expect(await asks({ cookie: pair })).toBe(401);
    });

    it('answers are kept by nobody', async () => {
      for (const [path, options] of [
        ['/profile', {}],
        ['/users/1/refresh_tokens', {}],
        ['/session', { as: null }],
        ['/no-such-thing', {}],
      ] as const) {
        expect((await house().get(path, options)).headers.get('cache-control'), path).toBe('no-store');
      }
    });

    it('nothing changes without the token that only the page can read', async () => {
      const browser = await open();
      const other = await open();
      const make = (headers: Record<string, string>) => house().post('/teams', { name: 'crew' }, { as: null, headers });
      expect((await make({ cookie: browser.cookie })).status).toBe(403);
      expect((await make({ cookie: browser.cookie, 'x-csrf-token': other.csrf })).status).toBe(403);
      expect((await make({ cookie: browser.cookie, 'x-csrf-token': browser.csrf })).status).toBe(201);
      const forged = await signIn('alice', alice.password, { 'sec-fetch-site': 'cross-site' });
      expect(forged.status).toBe(403);
    });

    it('refuses wrong passwords, bots, disabled and locked users, and tokens in place of a password', async () => {
      const { body: bot } = await house().post<{ id: number }>('/users', {
        user: { username: 'robot', email: 'robot@example.test', bot: true },
      });
      const { body: token } = await house().post<{ plain_token: string }>(`/users/${bot.id}/application_tokens`, {
        application: 'ci',
      });
      const carol = await house().createUser('carol', 'password of carol');
      await house().put(`/users/${carol.id}/enabled`, { enabled: false });
      for (const [name, password] of [
        ['alice', 'wrong password'],
        ['nobody', 'password of alice'],
        ['robot', token.plain_token],
        ['carol', carol.password],
        ['portus', SERVICE_PASSWORD],
      ] as const) {
        const answer = await signIn(name, password);
        expect(answer.status, name).toBe(401);
        expect(answer.headers.get('set-cookie')).toBeNull();
      }
      const told = await house().get<{ trackable: { name: string } }[]>('/activities?key=session.failure');
      expect(told.body.map((one) => one.trackable.name).toSorted()).toEqual(['alice', 'carol', 'portus', 'robot']);
    });

    it('shows a person the own sessions and ends one of them', async () => {
      const [here, there] = [await open(), await open()];
      const { body } = await house().get<{ id: number; current: boolean }[]>('/sessions', withCookie(here));
      expect(body.filter((one) => one.current)).toHaveLength(1);
      const [newest] = body;
      expect(newest!.current).toBe(false);
      const path = `/sessions/${newest!.id}`;
      expect((await house().delete(path)).status).toBe(404);
      expect((await house().delete(path, withCookie(here))).status).toBe(204);
      expect([await status(here), await status(there)]).toEqual([200, 401]);
    });

    it('a new password ends all sessions but the one that set it', async () => {
      const [here, there] = [await open(), await open()];
      const change = (current: string) =>
        house().put('/profile/password', { current_password: current, password: NEW_PASSWORD }, withCookie(here));
      expect((await change('wrong password')).status).toBe(422);
      expect(await status(there)).toBe(200);
      expect((await change(alice.password)).status).toBe(204);
      expect([await status(here), await status(there)]).toEqual([200, 401]);
      expect((await signIn('alice', alice.password)).status).toBe(401);
      await open(NEW_PASSWORD);
      const named = await house().put('/profile', { user: { display_name: 'Alice' } }, withCookie(here));
      expect(named.body).toMatchObject({ username: 'alice', display_name: 'Alice' });
    });

    it('ends with the user: disabled, and after its time', async () => {
      const browser = await open(NEW_PASSWORD);
      const age = (set: string) => house().sql(`UPDATE sessions SET ${set} WHERE user_id = $1`, [alice.id]);
      await age(`last_used_at = now() - interval '8 days'`);
      expect(await status(browser)).toBe(401);
      await age(`last_used_at = now(), expires_at = now() - interval '1 second'`);
      expect(await status(browser)).toBe(401);
      await age(`expires_at = now() + interval '1 day'`);
      expect(await status(browser)).toBe(200);
      await house().put(`/users/${alice.id}/enabled`, { enabled: false });
      expect(await status(browser)).toBe(401);
    });

    it('never shows nor stores what the cookie holds', async () => {
      const stored = await house().sql<{ token_hash: Buffer }>('SELECT token_hash FROM sessions');
      expect(stored.length).toBeGreaterThan(0);
      expect(stored.every((row) => row.token_hash.length === 32)).toBe(true);
      expect(house().logs()).not.toMatch(/pts_[\w-]{43}/);
    });
  },
);
