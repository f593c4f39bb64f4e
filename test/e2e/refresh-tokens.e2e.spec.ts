import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack, TestUser } from '../support/stack-handle.js';
import { startStack } from '../support/stack.js';

interface TokenBody {
  token: string;
  refresh_token?: string;
}
interface Login {
  id: number;
  service: string;
  client_id: string;
  state: string;
}

describe('refresh tokens', () => {
  let stack: Stack;
  let alice: TestUser;
  let bob: TestUser;

  beforeAll(async () => {
    stack = await startStack({ workers: 0 });
    alice = await stack.createUser('alice', 'alice has a password');
    bob = await stack.createUser('bob', 'bob has a password');
  });
  afterAll(() => stack?.stop());

  const basic = (user: { username: string; password: string }) =>
    `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;

  /** `docker login`, as it is sent. */
  async function login(user: { username: string; password: string }, offline = true): Promise<TokenBody> {
    const query = new URLSearchParams({ account: user.username, client_id: 'docker', service: stack.registryHost });
    if (offline) query.set('offline_token', 'true');
    const headers = { authorization: basic(user) };
    const response = await fetch(`${stack.url}/v2/token?${query}`, { headers });
    expect(response.status).toBe(200);
    return (await response.json()) as TokenBody;
  }

  async function refresh(refreshToken: string, more: Record<string, string> = {}): Promise<Response> {
    const form = {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: 'docker',
      service: stack.registryHost,
      scope: 'repository:alice/app:pull,push',
      ...more,
    };
    return fetch(`${stack.url}/v2/token`, { method: 'POST', body: new URLSearchParams(form) });
  }

  it('are given when asked for, and get the rights of their user', async () => {
    const { refresh_token: token } = await login(alice);
    const response = await refresh(token!);
    expect(response.status).toBe(200);
    const claims = decodeJwt(((await response.json()) as TokenBody).token);
    expect(claims.sub).toBe('alice');
    expect(claims['access']).toEqual([{ type: 'repository', name: 'alice/app', actions: ['pull', 'push'] }]);
  });

  it('are given to nobody who did not ask, who is nobody, or who has shown an application token', async () => {
    expect(await login(alice, false)).not.toHaveProperty('refresh_token');
    const anonymous = await fetch(`${stack.url}/v2/token?service=${stack.registryHost}&offline_token=true`);
    expect(await anonymous.json()).not.toHaveProperty('refresh_token');
    const { body } = await stack.post<{ plain_token: string }>(
      `/users/${alice.id}/application_tokens`,
      { application: 'ci' },
      { as: alice },
    );
    expect(await login({ username: 'alice', password: body.plain_token })).not.toHaveProperty('refresh_token');
  });

  it('are bound to their service, and unknown ones are refused', async () => {
    const { refresh_token: token } = await login(alice);
    const body = { hostname: stack.registryHost.replace('localhost', '127.0.0.1'), name: 'other', use_ssl: false };
    expect((await stack.post('/registries', { registry: body })).status).toBe(201);
    expect((await refresh(token!, { service: body.hostname })).status).toBe(401);
    expect((await refresh(`ptr_${'A'.repeat(43)}`)).status).toBe(401);
    expect((await refresh('')).status).toBe(401);
  });

  it('are listed and ended by their user and by administrators, by nobody else', async () => {
    const { refresh_token: token } = await login(alice);
    const { body } = await stack.get<Login[]>(`/users/${alice.id}/refresh_tokens`, { as: alice });
    const mine = body.at(-1)!;
    expect(mine).toMatchObject({ service: stack.registryHost, client_id: 'docker', state: 'valid' });
    expect(JSON.stringify(body)).not.toContain(token!);
    expect((await stack.get(`/users/${alice.id}/refresh_tokens`, { as: bob })).status).toBe(403);
    const end = (as: { username: string; password: string }) =>
      fetch(`${stack.url}/api/v1/users/refresh_tokens/${mine.id}`, {
        method: 'DELETE',
        headers: { authorization: basic(as) },
      });
    expect((await end(bob)).status).toBe(404);
    expect((await refresh(token!)).status).toBe(200);
    expect((await end(stack.admin)).status).toBe(204);
    expect((await refresh(token!)).status).toBe(401);
  });

  it('end with a new password, and with their time', async () => {
    const { refresh_token: one } = await login(bob);
    await stack.sql('UPDATE users SET credential_version = credential_version + 1 WHERE id = $1', [bob.id]);
    expect((await refresh(one!)).status).toBe(401);
    const { refresh_token: idle } = await login(bob);
    await stack.sql(`UPDATE refresh_tokens SET last_used_at = now() - interval '31 days' WHERE user_id = $1`, [bob.id]);
    expect((await refresh(idle!)).status).toBe(401);
    const { refresh_token: old } = await login(bob);
    await stack.sql(`UPDATE refresh_tokens SET expires_at = now() - interval '1 second' WHERE user_id = $1`, [bob.id]);
    expect((await refresh(old!)).status).toBe(401);
    await login(bob);
    const { body } = await stack.get<Login[]>(`/users/${bob.id}/refresh_tokens`, { as: bob });
    expect(body.map(({ state }) => state)).toEqual(['void', 'expired', 'expired', 'valid']);
    await stack.sql(
      `UPDATE refresh_tokens SET last_used_at = now() - interval '31 days', expires_at = now() + interval '1 day'
        WHERE id = $1`,
      [body[1]!.id],
    );
    const later = await stack.get<Login[]>(`/users/${bob.id}/refresh_tokens`, { as: bob });
    expect(later.body[1]!.state).toBe('idle');
  });

  it('and all else that a stop finds in memory is written down before it ends', async () => {
    const { body } = await stack.post<{ id: number; plain_token: string }>(
      `/users/${bob.id}/application_tokens`,
      { application: 'last' },
      { as: bob },
    );
    const noted = () =>
      stack.sql<{ used: boolean; denied: number }>(
        `SELECT (SELECT last_used_at IS NOT NULL FROM application_tokens WHERE id = $1) AS used,
                (SELECT coalesce(sum(count), 0)::int FROM denials WHERE repository LIKE 'elsewhere/%') AS denied`,
        [body.id],
      );
    // Cold passwords take their time: these are still being judged when the stop begins.
    const asked = Array.from({ length: 6 }, async (_, i) => {
      const who = await stack.createUser(`late${i}`, `late${i} has a password`);
      return { authorization: basic(who) };
    });
    const headers = [
      { authorization: basic({ username: 'bob', password: body.plain_token }) },
      ...(await Promise.all(asked)),
    ];
    const answers = headers.map((one) => {
      const query = new URLSearchParams({ service: stack.registryHost, scope: 'repository:elsewhere/app:push' });
      return fetch(`${stack.url}/v2/token?${query}`, { headers: one });
    });
    await Promise.any(answers);
    await stack.api.stop();
    const granted = (await Promise.allSettled(answers)).filter((one) => one.status === 'fulfilled' && one.value.ok);
    expect(granted.length).toBeGreaterThan(1);
    expect(await noted()).toEqual([{ used: true, denied: granted.length }]);
    await stack.api.start();
  });

  it('give a disabled user nothing', async () => {
    const { refresh_token: token } = await login(alice);
    expect((await stack.put(`/users/${alice.id}/enabled`, { enabled: false })).status).toBe(200);
    expect((await refresh(token!)).status).toBe(401);
  });
});
