import { beforeAll, describe, expect, it } from 'vitest';
import { buildCompressedImage } from '../support/oci-layout.js';
import { basic, getToken, granted, postToken } from '../support/ask-token.js';
import { scenes } from '../support/scenes.js';
import { Skopeo } from '../support/skopeo.js';
import type { RequestOptions, TestUser } from '../support/stack-handle.js';
import { until } from '../support/until.js';
import { createTeamNamespace } from '../support/world.js';

interface TokenView {
  id: number;
  application: string;
  expires_at: string | null;
  actions: string[] | null;
  namespaces: string[] | null;
  read_only: boolean;
  last_used_at: string | null;
  last_used_from: string | null;
  plain_token: string;
}
type Shown = TokenView & { username: string; password: string };

const HOUR_MS = 3_600_000;
const later = () => new Date(Date.now() + HOUR_MS).toISOString();

scenes('application tokens', { flavours: ['2.8'], stack: { workers: 0 } }, (house) => {
  let alice: TestUser;
  let bob: TestUser;
  let crew: number;

  beforeAll(async () => {
    alice = await house().createUser('alice', 'alice has a password');
    bob = await house().createUser('bob', 'bob has a password');
    crew = await createTeamNamespace(house(), 'crew', [{ userId: alice.id, role: 'owner' }]);
  });

  const path = (user: { id: number }) => `/users/${user.id}/application_tokens`;
  let made = 0;
  async function make(more: object = {}, as: TestUser = alice): Promise<Shown> {
    const { status, body } = await house().post<TokenView>(path(as), { application: `t${made++}`, ...more }, { as });
    expect(status).toBe(201);
    return { ...body, username: as.username, password: body.plain_token };
  }
  const grants = async (who: { username: string; password: string }, scope: string[]) => {
    const answer = await getToken(house(), { scope }, basic(who.username, who.password));
    return answer.status === 200 ? granted(answer) : answer.status;
  };
  const EVERYTHING = ['repository:alice/app:*', 'repository:crew/app:*', 'registry:catalog:*'];

  it('go as far as their restriction, for every way to a token', async () => {
    expect(await grants(await make(), EVERYTHING)).toEqual([
      'repository:alice/app:delete,pull,push',
      'repository:crew/app:delete,pull,push',
    ]);
    const restricted = await make({ actions: ['pull', 'push'], namespaces: ['crew'], expires_at: later() });
    expect(await grants(restricted, EVERYTHING)).toEqual(['repository:crew/app:pull,push']);
    const { username, password } = restricted;
    const form = { grant_type: 'password', username, password, scope: 'repository:alice/app:pull' };
    expect(granted(await postToken(house(), form))).toEqual([]);
    expect(await grants({ ...restricted, username: 'bob' }, EVERYTHING)).toBe(401);
    expect(await grants(await make({ read_only: true }), EVERYTHING)).toEqual([
      'repository:alice/app:pull',
      'repository:crew/app:pull',
    ]);
    const [row] = await house().sql<{ id: number }>(`SELECT id FROM users WHERE username = 'admin'`);
    const admin = { id: row!.id, ...house().admin };
    expect(await grants(await make({ read_only: true }, admin), ['registry:catalog:*'])).toHaveLength(1);
    expect(await grants(await make({ namespaces: ['crew'] }, admin), ['registry:catalog:*'])).toEqual([]);
  });

  it('are refused once they have expired', async () => {
    const token = await make({ expires_at: later() });
    const options: RequestOptions = { as: null, headers: { 'portus-auth': `alice:${token.password}` } };
    expect((await house().get('/namespaces', options)).status).toBe(200);
    await house().sql('UPDATE application_tokens SET expires_at = now() WHERE id = $1', [token.id]);
    expect((await house().get('/namespaces', options)).status).toBe(401);
    expect(await grants(token, EVERYTHING)).toBe(401);
  });

  it.each<[string, object, number]>([
    ['no name', {}, 400],
    ['an expiry that has passed', { application: 'x', expires_at: '2020-01-01T00:00:00Z' }, 422],
    ['an expiry that is none', { application: 'x', expires_at: 'tomorrow' }, 400],
    ['an unknown action', { application: 'x', actions: ['fly'] }, 400],
    ['no action at all', { application: 'x', actions: [] }, 400],
    ['what is no namespace', { application: 'x', namespaces: ['Bad/Name'] }, 400],
    ['a contradiction', { application: 'x', read_only: true, actions: ['push'] }, 422],
  ])('are not made with %s', async (_, body, status) => {
    expect((await house().post(path(alice), body, { as: alice })).status).toBe(status);
  });

  it('are shown as they were made, without their text, and what is shown is accepted back', async () => {
    const expires = later();
    const { id } = await make({ name: 'by name', application: undefined, expires_at: expires, read_only: true });
    const { body } = await house().get<TokenView[]>(path(alice), { as: alice });
    const shown = body.find((token) => token.id === id)!;
    expect(shown).toMatchObject({ application: 'by name', actions: ['pull'], namespaces: null, read_only: true });
    expect(Date.parse(shown.expires_at!)).toBe(Date.parse(expires));
    expect(shown).not.toHaveProperty('plain_token');
    const again = await make({ ...shown, application: 'the same again' });
    expect(again).toMatchObject({ actions: ['pull'], expires_at: shown.expires_at, last_used_at: null });
    expect(again.id).not.toBe(id);
  });

  it('tell when and from where they were used, soon after, and at the latest when the api stops', async () => {
    const [one, two] = [await make(), await make()];
    const uses = async () => {
      const { body } = await house().get<TokenView[]>(path(alice), { as: alice });
      return Object.fromEntries(body.map((token) => [token.id, token]));
    };
    expect((await uses())[one.id]!.last_used_at).toBeNull();
    await grants(one, EVERYTHING);
    const used = await until('the use is written', async () => {
      const token = (await uses())[one.id]!;
      return token.last_used_at === null ? null : token;
    });
    expect(used.last_used_from).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(Math.abs(Date.parse(used.last_used_at!) - Date.now())).toBeLessThan(HOUR_MS);
    await house().get('/namespaces', { as: null, headers: { 'portus-auth': `alice:${two.password}` } });
    await house().api.stop();
    const [row] = await house().sql<{ at: Date | null }>(
      'SELECT last_used_at AS at FROM application_tokens WHERE id = $1',
      [two.id],
    );
    await house().api.start();
    expect(row!.at).not.toBeNull();
  });

  describe('in the REST API', () => {
    const as = (token: Shown): RequestOptions => ({ as: token });

    it('a restricted one changes nothing', async () => {
      const visibility = { namespace: { visibility: 'private' } };
      for (const more of [{ read_only: true }, { actions: ['pull', 'push', 'delete'], namespaces: ['crew'] }]) {
        const token = await make(more);
        const attempts = [
          house().put(`/namespaces/${crew}`, visibility, as(token)),
          house().post(path(alice), { application: 'more' }, as(token)),
          house().delete(`/users/application_tokens/${token.id}`, as(token)),
        ];
        for (const { status } of await Promise.all(attempts)) expect(status).toBe(403);
      }
      expect((await house().put(`/namespaces/${crew}`, visibility, as(await make()))).status).toBe(200);
      expect(
        (await house().post(path(alice), { application: 'x' }, as(await make({ expires_at: later() })))).status,
      ).toBe(403);
    });

    it('a read-only one reads, and one that is kept to namespaces reads those by id', async () => {
      const reader = await make({ read_only: true });
      const own = (await house().get<{ id: number; name: string }[]>('/namespaces?all=true', as(reader))).body;
      const mine = own.find(({ name }) => name === 'alice')!.id;
      expect(own.map(({ id }) => id)).toContain(crew);
      const kept = await make({ namespaces: ['crew'] });
      expect((await house().get(`/namespaces/${crew}`, as(kept))).status).toBe(200);
      expect((await house().get(`/namespaces/${crew}/repositories`, as(kept))).status).toBe(200);
      expect((await house().get(`/namespaces/${mine}`, as(kept))).status).toBe(404);
      for (const list of [path(alice), '/explain?repository=crew/app&action=pull']) {
        expect((await house().get(list, as(kept))).status, list).toBe(403);
      }
      expect((await house().get('/namespaces', as(kept))).body).toMatchObject([{ id: crew }]);
      expect((await house().get('/namespaces', as(await make({ actions: ['push'] })))).body).toEqual([]);
    });

    it('those of others are a secret, and a user has a hundred at most', async () => {
      const token = await make();
      const withdraw = (who: RequestOptions) => house().delete(`/users/application_tokens/${token.id}`, who);
      expect((await withdraw({ as: bob })).status).toBe(404);
      expect((await house().delete('/users/application_tokens/99999', { as: bob })).status).toBe(404);
      expect((await withdraw({})).status).toBe(403);
      expect((await withdraw({ as: alice })).status).toBe(204);
      const told = await house().sql(
        `SELECT key, actor_name, details->>'username' AS username FROM activities
          WHERE subject_type = 'application_token' AND subject_id = $1 ORDER BY id`,
        [token.id],
      );
      expect(told).toEqual(
        ['create', 'destroy'].map((what) => ({
          key: `application_token.${what}`,
          actor_name: 'alice',
          username: 'alice',
        })),
      );
      await house().sql(
        `INSERT INTO application_tokens (user_id, application, token_hash)
         SELECT $1, 'n' || i, sha256(('n' || i)::bytea) FROM generate_series(1, 100) i`,
        [bob.id],
      );
      const { status, body } = await house().post<{ message: object }>(path(bob), { application: 'x' }, { as: bob });
      expect(status).toBe(422);
      expect(body.message).toEqual({ application: [expect.stringContaining('100 tokens')] });
      expect((await house().get<TokenView[]>(path(bob), { as: bob })).body).toHaveLength(100);
    });
  });

  it('are explained: restriction and expiry are rules that were looked at', async () => {
    const reader = await make({ read_only: true });
    const ask = (query: string, options: RequestOptions = { as: alice }) =>
      house().get<{ reason: string; change: string; token: TokenView; facts: { known: boolean } }>(
        `/explain?${query}`,
        options,
      );
    const push = `repository=crew/app&action=push&token=${reader.id}`;
    for (const options of [{ as: alice }, {}]) {
      const { body } = await ask(`user=alice&${push}`, options);
      expect(body).toMatchObject({ reason: 'token-action', token: { id: reader.id, read_only: true } });
      expect(body.change).toContain('application token');
    }
    expect((await ask(`repository=crew/app&action=pull&token=${reader.id}`)).body.reason).toBe('role');
    await house().sql('UPDATE application_tokens SET expires_at = now() WHERE id = $1', [reader.id]);
    expect((await ask(push)).body.reason).toBe('token-expired');
    expect((await ask(push, { as: bob })).status).toBe(404);
    expect((await ask(`repository=crew/app&action=push&token=99999`)).status).toBe(404);
  });

  it('let a client in as far as they go', async (context) => {
    if (!process.env['PORTUS_TEST_SKOPEO']) return context.skip('needs PORTUS_TEST_SKOPEO');
    const image = buildCompressedImage({ seed: 'restricted' });
    const [reader, pusher] = [await make({ read_only: true }), await make({ namespaces: ['crew'] })];
    const [pull, push] = [await Skopeo.as(house().registryHost, reader), await Skopeo.as(house().registryHost, pusher)];
    try {
      expect((await push.pushImage('crew/limited:v1', image)).code).toBe(0);
      expect((await push.pushImage('alice/limited:v1', image)).output).toMatch(/denied/);
      expect((await pull.pull('crew/limited:v1')).digest).toBe(image.manifest.digest);
      expect((await pull.pushImage('crew/limited:v2', image)).output).toMatch(/denied/);
    } finally {
      await pull.remove();
      await push.remove();
    }
  });
});
