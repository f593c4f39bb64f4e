import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, type TestUser } from '../support/stack-handle.js';
import { metric } from '../support/metrics.js';
import { startStack } from '../support/stack.js';
import { until } from '../support/until.js';

interface TokenAnswer {
  status: number;
  retryAfter: string | null;
  actions: string[];
}

/** Default of PORTUS_TOKEN_GRACE. */
const GRACE_SECONDS = 600;

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

  async function health(path: string) {
    const answer = await fetch(`${stack.url}${path}`);
    const body = (await answer.json()) as Record<
      string,
      { success: boolean; status: string; since?: string; until?: string }
    >;
    return { status: answer.status, word: answer.headers.get('x-portus-status'), body };
  }

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
      await expectDegraded();
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
    // What was looked at is shown for a moment to everybody who asks.
    await until('health says so', async () => (await health('/_health')).word === 'up');
    expect(await health('/_health')).toMatchObject({ status: 200, body: { tokens: { status: 'up' } } });
    expect(await metric(stack.api, 'portus_token_unconfirmed_seconds')).toBe(0);
    expect(await metric(stack.api, 'portus_token_grace_left_seconds')).toBeNull();
    expect(stack.api.pid).toBe(pid);
  });

  /** Not down: a load balancer must go on sending pulls here. */
  async function expectDegraded(): Promise<void> {
    const ready = await health('/_health');
    expect(ready).toMatchObject({ status: 200, word: 'degraded', body: { database: { status: 'down' } } });
    const tokens = ready.body['tokens']!;
    expect(tokens).toMatchObject({ success: true, status: 'degraded' });
    const seconds = (Date.parse(tokens.until!) - Date.parse(tokens.since!)) / 1000;
    expect(seconds).toBeGreaterThan(GRACE_SECONDS - 120);
    expect(seconds).toBeLessThanOrEqual(GRACE_SECONDS);
    expect(await health('/api/v1/health')).toMatchObject({
      status: 503,
      word: 'down',
      body: { tokens: { status: 'degraded' } },
    });
    expect(await metric(stack.api, 'portus_database_up')).toBe(0);
    expect(await metric(stack.api, 'portus_token_unconfirmed_seconds')).toBeGreaterThan(0);
    expect(await metric(stack.api, 'portus_token_grace_left_seconds')).toBeLessThan(GRACE_SECONDS);
    expect(await metric(stack.api, 'portus_token_facts_total', { by: 'memory' })).toBeGreaterThanOrEqual(2);
    expect(await metric(stack.api, 'portus_token_facts_total', { by: 'nobody' })).toBeGreaterThanOrEqual(2);
    expect(await metric(stack.api, 'portus_token_requests_total', { outcome: 'unavailable' })).toBeGreaterThan(0);
  }

  it('grants nothing more to a user who was disabled, warm or not', async () => {
    expect((await ask(alice, 'pull')).status).toBe(200);
    expect((await stack.put(`/users/${alice.id}/enabled`, { enabled: false })).status).toBe(200);
    expect((await ask(alice, 'pull')).status).toBe(401);
  });
});
