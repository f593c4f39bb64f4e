import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiInProcess, type As, type Known } from '../support/api-in-process.js';
import { until } from '../support/until.js';

/** What Portus 2.x did wrong with people, teams and namespaces, where no other suite is about it. */
let api: ApiInProcess;
let alice: Known;
let bob: Known;
let team: number;
let space: number;

beforeAll(async () => {
  api = await ApiInProcess.start({ PORTUS_DELETE_CONTRIBUTORS: 'true' });
  alice = await api.person('alice');
  bob = await api.person('bob');
  team = (await api.post<{ id: number }>('/teams', { name: 'crew' }, { as: alice })).body.id;
  space = (await api.post<{ id: number }>('/namespaces', { name: 'crew', team: 'crew' }, { as: alice })).body.id;
});
afterAll(() => api.stop());

const tokens = (of: Known) => `/users/${of.id}/application_tokens`;
const portusAuth = (username: string, token: string) => ({
  as: null,
  headers: { 'portus-auth': `${username}:${token}` },
});
const told = (key: string) =>
  api.database.sql.query<{ details: object }>(
    'SELECT details FROM activities WHERE key = $1 ORDER BY id DESC LIMIT 1',
    [key],
  );

async function tokenOf(of: Known, as: As = of): Promise<{ id: number; plain_token: string }> {
  const application = `app ${Math.random()}`;
  return (await api.post<{ id: number; plain_token: string }>(tokens(of), { application }, { as })).body;
}

describe('trap: application tokens', () => {
  it('nobody sees or makes those of somebody else, administrators included', async () => {
    for (const as of [bob, api.admin]) {
      expect((await api.get(tokens(alice), { as })).status).toBe(403);
      expect((await api.post(tokens(alice), { application: 'evil' }, { as })).status).toBe(403);
    }
    expect((await api.get(tokens(alice), { as: alice })).body).toEqual([]);
  });

  it('administrators make and end those of bots, who sign in with nothing else', async () => {
    const input = { username: 'robot', email: 'robot@example.test', password: 'password of robot', bot: true };
    const { id } = (await api.post<{ id: number }>('/users', { user: input })).body;
    const robot = { id, username: 'robot', password: input.password };
    for (const answer of [
      await api.get('/namespaces', { as: robot }),
      await api.post('/session', { username: 'robot', password: robot.password }, { as: null }),
    ])
      expect(answer.status).toBe(401);
    const made = await tokenOf(robot, api.admin);
    expect((await api.get('/namespaces', portusAuth('robot', made.plain_token))).status).toBe(200);
    const session = { username: 'robot', password: made.plain_token };
    expect((await api.post('/session', session, { as: null })).status).toBe(401);
    expect((await api.delete(`/users/application_tokens/${made.id}`, { as: bob })).status).toBe(404);
    expect((await api.delete(`/users/application_tokens/${made.id}`)).status).toBe(204);
    expect((await api.get('/namespaces', portusAuth('robot', made.plain_token))).status).toBe(401);
    expect((await api.get(`/users/${id}`)).body).toMatchObject({ namespace_id: null });
  });

  it('one without a name is a bad request, not an error of ours', async () => {
    for (const body of [{ application: null }, {}, { application: '' }])
      expect((await api.post(tokens(alice), body, { as: alice })).status).toBe(400);
  });

  it('a disabled or locked user has none of the API with them', async () => {
    const made = await tokenOf(bob);
    for (const [away, back] of [
      [{ enabled: false }, { enabled: true }],
      [{ locked: true }, { locked: false }],
    ]) {
      await api.put(`/users/${bob.id}`, { user: away });
      expect((await api.get('/namespaces', portusAuth('bob', made.plain_token))).status).toBe(401);
      await api.put(`/users/${bob.id}`, { user: back });
      expect((await api.get('/namespaces', portusAuth('bob', made.plain_token))).status).toBe(200);
    }
  });

  it('a request with one begins no session', async () => {
    const made = await tokenOf(alice);
    const answer = await api.get('/namespaces', portusAuth('alice', made.plain_token));
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await api.database.value('SELECT count(*)::int FROM sessions')).toBe(0);
  });
});

describe('trap: teams', () => {
  it('a role that is none is a bad request, and so is none at all', async () => {
    for (const body of [{ user: 'bob', role: 'king' }, { user: 'bob' }])
      expect((await api.post(`/teams/${team}/members`, body, { as: alice })).status).toBe(400);
  });

  it('members see each other, and not each other’s mail', async () => {
    await api.post(`/teams/${team}/members`, { user: 'bob', role: 'viewer' }, { as: alice });
    const { body } = await api.get<object[]>(`/teams/${team}/members`, { as: bob });
    const fields = ['created_at', 'display_name', 'id', 'role', 'team_id', 'updated_at', 'user_id', 'username'];
    expect(body.length).toBe(2);
    for (const member of body) expect(Object.keys(member).toSorted()).toEqual(fields);
  });

  it('an update that changes nothing is no error, and what changes is told with both values', async () => {
    expect((await api.put(`/teams/${team}`, { team: { name: 'crew' } }, { as: alice })).status).toBe(200);
    await api.put(`/teams/${team}`, { team: { description: 'ours' } }, { as: alice });
    expect(await told('team.change_team_description')).toMatchObject([
      { details: { before: { description: '' }, after: { description: 'ours' } } },
    ]);
  });

  it('nobody joins the team behind a personal namespace', async () => {
    const [hidden] = await api.database.sql.query<{ id: number }>(`SELECT id FROM teams WHERE name = 'bob' AND hidden`);
    for (const as of [bob, api.admin]) {
      const answer = await api.post(`/teams/${hidden!.id}/members`, { user: 'alice', role: 'owner' }, { as });
      expect(answer.status).toBe(403);
    }
  });

  it('names of teams are found by members only', async () => {
    const found = async (as: As) => (await api.get<unknown[]>('/search?type=team&search=crew', { as })).body.length;
    expect([await found(alice), await found(await api.person('carl'))]).toEqual([1, 0]);
  });

  it('where contributors may delete, deleting a team still works, for its owners', async () => {
    const { id } = (await api.post<{ id: number }>('/teams', { name: 'short-lived' }, { as: alice })).body;
    await api.post(`/teams/${id}/members`, { user: 'bob', role: 'contributor' }, { as: alice });
    expect((await api.delete(`/teams/${id}`, { as: bob })).status).toBe(403);
    expect((await api.delete(`/teams/${id}`, { as: alice })).status).toBe(204);
  });

  it('a team with images goes with its images, or hands them to another team; its state says how far it is', async () => {
    const { id } = (await api.post<{ id: number }>('/teams', { name: 'full' }, { as: alice })).body;
    const held = (await api.post<{ id: number }>('/namespaces', { name: 'full', team: 'full' }, { as: alice })).body.id;
    await api.database.sql.query(
      `INSERT INTO repositories (registry_id, namespace_id, full_name, name)
       SELECT registry_id, id, 'full/app', 'app' FROM namespaces WHERE id = $1`,
      [held],
    );
    const preview = await api.get(`/teams/${id}/deletion`, { as: alice });
    expect(preview.body).toEqual({ name: 'full', repositories: 1, tags: 0, immutable: [] });
    expect((await api.get(`/teams/${id}/deletion`, { as: bob })).status).toBe(404);
    const asked = await api.delete<{ id: number }>(`/teams/${id}`, { as: alice });
    expect(asked).toMatchObject({ status: 202, body: { kind: 'team', name: 'full', state: 'queued', total: 1 } });
    expect(asked.headers['location']).toBe(`/api/v1/deletions/${asked.body.id}`);
    // Nothing is gone before a registry has said so.
    expect((await api.get(`/namespaces/${held}`, { as: alice })).status).toBe(200);
    expect((await api.delete(`/teams/${id}`, { as: alice, body: { new_team: 'full' } })).status).toBe(422);
    expect((await api.delete(`/teams/${id}`, { as: alice, body: { new_team: 'nobody' } })).status).toBe(404);
    expect((await api.delete(`/teams/${id}`, { as: alice, body: { new_team: 'crew' } })).status).toBe(204);
    expect((await api.get(`/namespaces/${held}`, { as: alice })).body).toMatchObject({ team: { name: 'crew' } });
  });

  it('the LDAP switch of a team is answered as in Portus without LDAP', async () => {
    const check = (as: As) => api.post<{ message: string }>(`/teams/${team}/ldap_check`, undefined, { as });
    expect(await check(alice)).toMatchObject({ status: 405, body: { message: 'LDAP is not enabled' } });
    expect([(await check(bob)).status, (await check(null)).status]).toEqual([403, 401]);
    const stranger = await api.person('stranger-of-ldap');
    expect((await check(stranger)).status).toBe(404);
  });
});

describe('trap: namespaces', () => {
  const change = (namespace: object, as: As = alice) => api.put(`/namespaces/${space}`, { namespace }, { as });

  it('renaming is refused with the reason: the images would stay under the old path', async () => {
    const refused = await change({ name: 'other' });
    expect(refused).toMatchObject({ status: 422, body: { message: { name: [expect.stringContaining('images')] } } });
    expect((await change({ name: 'crew' })).status).toBe(200);
  });

  it('an update that changes nothing is no error, and what changes is told with both values', async () => {
    const shown = (await api.get<object>(`/namespaces/${space}`, { as: alice })).body;
    expect((await change(shown)).status).toBe(200);
    await change({ description: 'of the crew' });
    expect(await told('namespace.change_namespace_description')).toMatchObject([
      { details: { before: { description: '' }, after: { description: 'of the crew' } } },
    ]);
  });

  it('names that docker knows are names of namespaces: two underscores, several dashes', async () => {
    for (const name of ['a__b', 'a--b', 'a.b']) {
      expect((await api.get(`/namespaces/validate?name=${name}`)).body).toEqual({ messages: {}, valid: true });
      expect((await api.post('/namespaces', { name, team: 'crew' }, { as: alice })).status).toBe(201);
    }
    for (const name of ['A', String.raw`a\b`, 'a..b', '', '-a'])
      expect((await api.get(`/namespaces/validate?name=${encodeURIComponent(name)}`)).body).toMatchObject({
        valid: false,
      });
  });

  it('a namespace is handed to a team in which one may push, and to no other', async () => {
    await api.post('/teams', { name: 'others' }, { as: bob });
    expect((await change({ team: 'others' })).status).toBe(404);
    await api.post('/teams', { name: 'mine' }, { as: alice });
    expect((await change({ team: 'mine' })).body).toMatchObject({ team: { name: 'mine' } });
    expect((await change({ team: { name: 'crew' } })).body).toMatchObject({ team: { name: 'crew' } });
  });
});

describe('what Portus showed of namespaces to its own page only', () => {
  it('is shown to everybody: what the caller may do', async () => {
    const rights = async (as: As) => (await api.get<object>(`/namespaces/${space}`, { as })).body;
    const all = { pull: true, push: true, visibility: true, webhooks: true };
    expect(await rights(alice)).toMatchObject({
      updatable: true,
      destroyable: true,
      orphan: false,
      permissions: { role: 'owner', ...all },
    });
    const none = { push: false, visibility: false, webhooks: true };
    const seen = { updatable: false, destroyable: false, permissions: { role: 'viewer', pull: true, ...none } };
    expect(await rights(bob)).toMatchObject(seen);
    const application_token = { application: 'reads', read_only: true };
    const made = await api.post<{ plain_token: string }>(tokens(alice), application_token, { as: alice });
    const kept = await rights({ ...alice, password: made.body.plain_token });
    expect(kept).toMatchObject({ destroyable: false, permissions: { pull: true, push: false } });
  });
});

it('GET /api/version answers as in Portus', async () => {
  const answer = await api.app.inject({ method: 'GET', url: '/api/version' });
  expect(answer.statusCode).toBe(401);
  const authorization = `Basic ${Buffer.from(`alice:${alice.password}`).toString('base64')}`;
  const known = await api.app.inject({ method: 'GET', url: '/api/version', headers: { authorization } });
  expect(known.json()).toEqual({ 'api-versions': ['v1'], git: null, version: expect.stringMatching(/^\d+\.\d+/) });
});

describe('trap: what nobody wrote down', () => {
  it('logins, failures, users, rights and descriptions stand in the activities', async () => {
    await api.post('/session', { username: 'bob', password: 'wrong' }, { as: null });
    await until('the failure is written', async () => (await told('session.failure')).length > 0);
    await api.post('/session', { username: 'bob', password: bob.password }, { as: null });
    await api.put(`/users/${bob.id}`, { user: { admin: true } });
    await api.put(`/users/${bob.id}`, { user: { admin: false } });
    const keys = await api.database.sql.query<{ key: string }>('SELECT DISTINCT key FROM activities');
    for (const key of ['session.create', 'session.failure', 'user.create', 'user.admin', 'user.enabled', 'team.create'])
      expect(keys.map((one) => one.key)).toContain(key);
  });
});
