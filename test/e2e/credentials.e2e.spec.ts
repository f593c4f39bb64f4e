import { hash } from '@node-rs/bcrypt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, getToken, granted, postToken } from '../support/ask-token.js';
import type { Replica, Stack, TestUser } from '../support/stack-handle.js';
import { startStack } from '../support/stack.js';
import { createTeamNamespace } from '../support/world.js';

const within = (low: number, high: number) => (value: number) => value > low && value < high;
/** Wrong passwords of one user from one address that are let pass. */
const LIMIT = 10;

describe('credentials', () => {
  let stack: Stack;
  /** Beside the first, which trusts proxies: one that trusts none. */
  let direct: Replica;

  beforeAll(async () => {
    stack = await startStack({ workers: 0, env: { PORTUS_TRUSTED_PROXIES: '127.0.0.1, ::1' } });
    direct = await stack.startApi({ PORTUS_TRUSTED_PROXIES: undefined });
    await createTeamNamespace(stack, 'open', [], 'public');
  });
  afterAll(() => stack?.stop());

  const newUser = (name: string): Promise<TestUser> => stack.createUser(name, `${name} has a password`);
  /** `from`: the header X-Forwarded-For, as a proxy sends it. */
  const login = (user: { username: string; password: string }, from?: string, api: Stack | Replica = stack) =>
    getToken(api, {}, { ...basic(user.username, user.password), ...(from ? { 'x-forwarded-for': from } : {}) });
  const fail = async (user: TestUser, times: number, from?: (i: number) => string, api: Stack | Replica = stack) => {
    for (let i = 0; i < times; i++) await login({ ...user, password: `wrong ${i}` }, from?.(i), api);
  };

  it('are throttled by the address that a trusted proxy tells, and by no other', async () => {
    const alice = await newUser('alice');
    // The client may write what it likes in front: only what the proxy added counts.
    await fail(alice, LIMIT, (i) => `203.0.113.${i}, 192.0.2.1`);
    const locked = await login(alice, '192.0.2.1');
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(1);
    expect(locked.body.errors).toMatchObject([{ code: 'TOOMANYREQUESTS' }]);
    expect((await login(alice, '192.0.2.2')).status).toBe(200);

    const bob = await newUser('bob');
    await fail(bob, LIMIT, (i) => `192.0.2.${i}`, direct);
    expect((await login(bob, '192.0.2.99', direct)).status).toBe(429);
    // The state is shared: the other replica knows the pair of bob and the address from which the test speaks.
    expect((await login(bob)).status).toBe(429);
    expect((await login(bob, '192.0.2.99')).status).toBe(200);
  });

  it('of the same kind by POST and then by GET count once, as containerd and BuildKit repeat them', async () => {
    const carol = await newUser('carol');
    const { username } = carol;
    for (let i = 0; i < LIMIT - 1; i++) {
      const password = `wrong ${i}`;
      const form = { grant_type: 'password', client_id: 'containerd-client', username, password };
      expect((await postToken(stack, form)).status).toBe(401);
      expect((await login({ username, password })).status).toBe(401);
    }
    for (const api of [stack, direct]) expect((await login(carol, undefined, api)).status).toBe(200);
    // Who guesses on is not let in by the right guess, not even once, although carol's password is warm in both.
    await fail(carol, LIMIT);
    for (const api of [stack, direct]) expect((await login(carol, undefined, api)).status).toBe(429);
    expect((await login(carol, '192.0.2.3')).status).toBe(200);
  });

  it('that are right and cold are judged while many addresses fill the queue with wrong ones', async () => {
    const hugo = await newUser('hugo');
    const flood = Array.from({ length: 320 }, (_, i) =>
      login({ username: `guess-${i}`, password: 'wrong' }, `198.51.100.${i % 10}`),
    );
    const full = flood.map(async (one) => {
      const { status, raw } = await one;
      if (status !== 429 || !raw.includes('are being checked')) throw new Error(`was answered ${status}`);
    });
    await Promise.any(full);
    const right = await login(hugo, '192.0.2.8');
    expect([right.status, right.raw]).toEqual([200, expect.stringContaining('token')]);
    await Promise.all(flood);
  });

  it('that are wrong take as long for who is not there, disabled, a bot or without a password as for anybody', async () => {
    const iris = await newUser('iris');
    const other = await newUser('jack');
    const bare = await newUser('kate');
    await stack.sql('UPDATE users SET enabled = false WHERE id = $1', [other.id]);
    await stack.sql('UPDATE users SET password_hash = NULL WHERE id = $1', [bare.id]);
    await stack.sql(`INSERT INTO users (username, bot) VALUES ('a-bot', true)`);
    const times = new Map(['iris', 'jack', 'kate', 'a-bot', 'nobody'].map((name) => [name, [] as number[]]));
    for (let round = 0; round < 13; round++) {
      for (const [username, taken] of times) {
        const began = performance.now();
        const answer = await login({ username, password: `wrong ${round}` }, `192.0.2.${100 + round}`);
        taken.push(performance.now() - began);
        expect([answer.status, answer.body.errors?.[0]?.message]).toEqual([401, 'invalid username or password']);
      }
    }
    const median = (name: string) => times.get(name)!.toSorted((a, b) => a - b)[6]!;
    for (const name of times.keys()) {
      expect([name, median(name) / median(iris.username)]).toEqual([name, expect.toSatisfy(within(0.5, 2))]);
    }
  });

  it('that are application tokens go on while their user is throttled', async () => {
    const dave = await newUser('dave');
    const made = await stack.post<{ plain_token: string }>(
      `/users/${dave.id}/application_tokens`,
      { application: 'ci' },
      { as: dave },
    );
    const token = { ...dave, password: made.body.plain_token };
    await fail({ ...dave, username: 'DAVE' }, LIMIT, () => '192.0.2.4');
    const headers = { 'x-forwarded-for': '192.0.2.4' };
    expect((await stack.get('/namespaces', { as: { ...dave, password: 'another' }, headers })).status).toBe(429);
    expect((await login(token, '192.0.2.4')).status).toBe(200);
    expect((await stack.get('/namespaces', { as: token, headers })).status).toBe(200);
  });

  it('of a bot are the tokens that administrators make, and never a password', async () => {
    const erin = await newUser('erin');
    const input = { username: 'robot', email: 'robot@example.test', password: 'a password for a bot', bot: true };
    const { status, body } = await stack.post<{ id: number; bot: boolean }>('/users', { user: input });
    expect([status, body.bot]).toEqual([201, true]);
    const path = `/users/${body.id}/application_tokens`;
    expect((await stack.post(path, { application: 'ci' }, { as: erin })).status).toBe(403);
    const made = await stack.post<{ id: number; plain_token: string }>(path, { application: 'ci' });
    expect(made.status).toBe(201);
    const robot = { id: body.id, username: 'robot', password: made.body.plain_token };
    const pull = await getToken(stack, { scope: 'repository:open/app:pull' }, basic('robot', robot.password));
    expect(granted(pull)).toEqual(['repository:open/app:pull']);
    expect((await stack.get('/namespaces', { as: robot })).status).toBe(200);
    // Not even one that found its way into the table.
    await stack.sql('UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE id = $2) WHERE id = $1', [
      robot.id,
      erin.id,
    ]);
    for (const password of [input.password, erin.password]) {
      expect((await login({ ...robot, password })).status).toBe(401);
      expect((await stack.get('/namespaces', { as: { ...robot, password } })).status).toBe(401);
    }
    expect((await stack.put(`/users/${robot.id}`, { user: { password: 'another password' } })).status).toBe(422);
    expect((await stack.delete(`/users/application_tokens/${made.body.id}`)).status).toBe(204);
    expect((await login(robot)).status).toBe(401);
  });

  it('imported from Portus become our own at the first login, and nothing that rests on them ends', async () => {
    const fred = await newUser('fred');
    const stored = () =>
      stack.sql<{ hash: string; version: number }>(
        'SELECT password_hash AS hash, credential_version AS version FROM users WHERE id = $1',
        [fred.id],
      );
    const imported = (await hash(fred.password, 10)).replace(/^\$2[aby]\$/, '$$2a$$');
    await stack.sql('UPDATE users SET password_hash = $2 WHERE id = $1', [fred.id, imported]);
    expect((await login({ ...fred, password: 'wrong' })).status).toBe(401);
    expect((await stored())[0]).toEqual({ hash: imported, version: 1 });
    const offline = basic(fred.username, fred.password);
    const answers = await Promise.all(
      [stack, direct, stack, direct].map((api) => getToken(api, { offline_token: 'true' }, offline)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await stored())[0]).toEqual({ hash: expect.stringMatching(/^\$argon2id\$/), version: 1 });
    expect((await login(fred, undefined, direct)).status).toBe(200);
    for (const { body } of answers) {
      const form = { grant_type: 'refresh_token', client_id: 'docker', refresh_token: body.refresh_token! };
      expect((await postToken(stack, form)).status).toBe(200);
    }
  });

  it('that can not be right are refused as those of nobody are', async () => {
    const gina = await newUser('gina');
    const refused = (await login({ username: 'nobody', password: 'x' }, '192.0.2.7')).raw;
    const hostile = `$2b$31$${'a'.repeat(53)}`;
    for (const stored of [null, hostile, '$2b$10$short', '$argon2id$v=19$broken', 'plain text']) {
      await stack.sql('UPDATE users SET password_hash = $2 WHERE id = $1', [gina.id, stored]);
      const answer = await login(gina, '192.0.2.7');
      expect([stored, answer.status, answer.raw]).toEqual([stored, 401, refused]);
    }
  });
});
