import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, type TestUser } from '../support/stack-handle.js';
import { startStack } from '../support/stack.js';
import { until } from '../support/until.js';

interface TokenAnswer {
  status: number;
  retryAfter: string | null;
  actions: string[];
}

describe('the token endpoint, when other things are away', () => {
  let stack: Stack;
  let alice: TestUser;
  let bob: TestUser;

  beforeAll(async () => {
    stack = await startStack({ ownPostgres: true });
    alice = await stack.createUser('alice', 'alice has a password');
    bob = await stack.createUser('bob', 'bob has a password');
  });
  afterAll(() => stack?.stop());

  async function ask(
    user: TestUser | null,
    actions: string,
    name = `${user?.username ?? 'x'}/app`,
  ): Promise<TokenAnswer> {
    const query = new URLSearchParams({ service: stack.registryHost, scope: `repository:${name}:${actions}` });
    const basic = user && Buffer.from(`${user.username}:${user.password}`).toString('base64');
    const response = await fetch(
      `${stack.url}/v2/token?${query}`,
      basic ? { headers: { authorization: `Basic ${basic}` } } : {},
    );
    const body = (await response.json()) as { token?: string };
    const claims = body.token ? (decodeJwt(body.token)['access'] as { actions: string[] }[]) : [];
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      actions: claims.flatMap((entry) => entry.actions),
    };
  }

  it('needs neither worker nor Redis nor registry', async () => {
    await stack.workers[0]!.kill();
    await stack.redis!.stop('SIGKILL');
    await stack.registry.stop('SIGKILL');
    expect(await ask(alice, 'pull,push')).toMatchObject({ status: 200, actions: ['pull', 'push'] });
  });

  it('serves pulls from confirmed facts while the database is away, refuses pushes, and recovers by itself', async () => {
    expect((await ask(alice, 'pull')).actions).toEqual(['pull']);
    expect((await ask(null, 'pull', 'public')).actions).toEqual(['pull']);
    const pid = stack.api.pid;
    await stack.postgres!.stop();
    try {
      expect(await ask(alice, 'pull')).toMatchObject({ status: 200, actions: ['pull'] });
      expect(await ask(null, 'pull', 'public')).toMatchObject({ status: 200, actions: ['pull'] });
      const push = await ask(alice, 'pull,push');
      expect(push.status).toBe(503);
      expect(Number(push.retryAfter)).toBeGreaterThan(0);
      expect((await ask({ ...alice, password: 'wrong' }, 'pull')).status).toBe(503);
      expect((await ask(bob, 'pull')).status).toBe(503);
      expect((await ask(alice, 'pull', 'bob/app')).status).toBe(503);
      for (const path of ['/api/v1/users', '/v2/']) {
        const basic = Buffer.from(`${alice.username}:${alice.password}`).toString('base64');
        const answer = await fetch(`${stack.url}${path}`, { headers: { authorization: `Basic ${basic}` } });
        expect([path, answer.status]).toEqual([path, 503]);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    } finally {
      await stack.postgres!.start();
    }
    await until('pushes are granted again', async () => (await ask(alice, 'pull,push')).actions.length === 2);
    expect(stack.api.pid).toBe(pid);
  });

  it('grants nothing more to a user who was disabled, warm or not', async () => {
    expect((await ask(alice, 'pull')).status).toBe(200);
    expect((await stack.put(`/users/${alice.id}/enabled`, { enabled: false })).status).toBe(200);
    expect((await ask(alice, 'pull')).status).toBe(401);
  });
});
