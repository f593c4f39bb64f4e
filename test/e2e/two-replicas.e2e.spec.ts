import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, getToken, granted } from '../support/ask-token.js';
import type { Replica, Stack, TestUser } from '../support/stack-handle.js';
import { startStack } from '../support/stack.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';
import { createTeamNamespace } from '../support/world.js';

/** Long enough for a few requests on a busy machine, short enough to be waited for. */
const GRACE_SECONDS = 6;

describe('two replicas of the api', () => {
  let stack: Stack;
  /** The replica that is looked at; it reaches the database through a proxy. */
  let other: Replica;
  let proxy: TcpProxy;
  let alice: TestUser;
  let bob: TestUser;
  let crew: number;

  beforeAll(async () => {
    stack = await startStack({ workers: 0 });
    const database = new URL(stack.databaseUrl);
    proxy = await TcpProxy.to(database.hostname, Number(database.port));
    database.host = `127.0.0.1:${proxy.port}`;
    other = await stack.startApi({ DATABASE_URL: database.href, PORTUS_TOKEN_GRACE: String(GRACE_SECONDS) });
    alice = await stack.createUser('alice', 'alice has a password');
    bob = await stack.createUser('bob', 'bob has a password');
    crew = await createTeamNamespace(stack, 'crew', [{ userId: alice.id, role: 'owner' }], 'public');
  });
  afterAll(async () => {
    await stack?.stop();
    await proxy?.close();
  });

  const ask = async (who: { username: string; password: string } | null, scope: string) => {
    const headers = who === null ? {} : basic(who.username, who.password);
    const answer = await getToken(other, { scope: `repository:${scope}` }, headers);
    const { status } = answer;
    return { status, grants: status === 200 ? granted(answer) : [], retryAfter: answer.headers.get('retry-after') };
  };
  const newToken = async (user: TestUser, application: string, more: object = {}) => {
    const path = `/users/${user.id}/application_tokens`;
    const { body } = await stack.post<{ id: number; plain_token: string }>(
      path,
      { application, ...more },
      { as: user },
    );
    return { id: body.id, username: user.username, password: body.plain_token };
  };
  /** Keeps everything warm that can be. */
  const warm = async (who: { username: string; password: string }) => {
    for (let i = 0; i < 2; i++) expect((await ask(who, `${who.username}/app:pull`)).status).toBe(200);
  };

  it('withdraw a right together: the next request of the other gets nothing on it', async () => {
    const token = await newToken(alice, 'ci');
    for (const who of [alice, bob, token]) await warm(who);
    expect((await ask(bob, 'crew/app:pull')).grants).toEqual(['repository:crew/app:pull']);
    expect((await ask(null, 'crew/app:pull')).grants).toEqual(['repository:crew/app:pull']);
    await stack.put(`/namespaces/${crew}`, { namespace: { visibility: 'private' } }, { as: alice });
    expect((await ask(bob, 'crew/app:pull')).grants).toEqual([]);
    expect((await ask(null, 'crew/app:pull')).grants).toEqual([]);

    expect((await ask(token, 'crew/app:push')).grants).toEqual(['repository:crew/app:push']);
    await stack.sql(
      `UPDATE team_users SET role = 'viewer'
        WHERE user_id = $1 AND team_id = (SELECT team_id FROM namespaces WHERE id = $2)`,
      [alice.id, crew],
    );
    expect((await ask(token, 'crew/app:push')).grants).toEqual([]);
    expect((await ask(alice, 'crew/app:push')).grants).toEqual([]);

    const gone = await stack.delete(`/users/application_tokens/${token.id}`, { as: alice });
    expect(gone.status).toBe(204);
    expect((await ask(token, 'alice/app:pull')).status).toBe(401);
  });

  it('end a password, a user and a lock together, and leave application tokens to a new password', async () => {
    const token = await newToken(alice, 'ci');
    await warm(alice);
    await warm(token);
    const renewed = { ...alice, password: 'alice has a new password' };
    const changed = await stack.put(`/users/${alice.id}`, { user: { password: renewed.password } });
    expect(changed.status).toBe(200);
    expect((await ask(alice, 'alice/app:pull')).status).toBe(401);
    await warm(renewed);
    await warm(token);
    for (const [path, off, on] of [
      ['enabled', { enabled: false }, { enabled: true }],
      ['locked', { locked: true }, { locked: false }],
    ] as const) {
      expect((await stack.put(`/users/${alice.id}/${path}`, off)).status).toBe(200);
      for (const who of [renewed, token]) expect((await ask(who, 'alice/app:pull')).status, path).toBe(401);
      expect((await stack.put(`/users/${alice.id}/${path}`, on)).status).toBe(200);
      await warm(renewed);
      await warm(token);
    }
    await stack.sql(`UPDATE application_tokens SET expires_at = now() WHERE id = $1`, [token.id]);
    expect((await ask(token, 'alice/app:pull')).status).toBe(401);
    alice.password = renewed.password;
  });

  it('part: one that is cut off from a live database stays within its grace and no further', async () => {
    const [kept, withdrawn] = [await newToken(bob, 'kept'), await newToken(bob, 'withdrawn', { read_only: true })];
    const { pid } = other.program;
    await warm(bob);
    await warm(kept);
    await warm(withdrawn);
    proxy.cut();
    try {
      for (const who of [bob, kept, withdrawn]) {
        expect((await ask(who, 'bob/app:pull')).grants).toEqual(['repository:bob/app:pull']);
        const push = await ask(who, 'bob/app:pull,push');
        expect(push).toMatchObject({ status: 503, grants: [] });
        expect(Number(push.retryAfter)).toBeGreaterThan(0);
      }
      // Nobody can tell it. It may go on for the grace, the others do not.
      await stack.delete(`/users/application_tokens/${withdrawn.id}`, { as: bob });
      const beyond = async (): Promise<boolean> => {
        const answers = await Promise.all([bob, kept, withdrawn].map((who) => ask(who, 'bob/app:pull')));
        return answers.every(({ status }) => status === 503);
      };
      await until('the grace has passed', beyond, { timeoutMs: 60_000, everyMs: 200 });
      expect(await beyond()).toBe(true);
      expect((await getToken(stack, { scope: 'repository:bob/app:pull' }, basic('bob', bob.password))).status).toBe(
        200,
      );
    } finally {
      proxy.restore();
    }
    const answers = async (who: { username: string; password: string }) => {
      const { status } = await ask(who, 'bob/app:pull,push');
      return status === 503 ? null : status;
    };
    expect(await until('the withdrawn token is judged', () => answers(withdrawn))).toBe(401);
    for (const who of [bob, kept]) expect(await until('it is judged', () => answers(who))).toBe(200);
    expect((await ask(kept, 'bob/app:pull,push')).grants).toEqual(['repository:bob/app:pull,push']);
    expect(other.program.pid).toBe(pid);
  });
});
