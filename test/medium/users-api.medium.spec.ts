import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiInProcess, type Known } from '../support/api-in-process.js';

interface User {
  id: number;
  username: string;
  email: string | null;
  admin: boolean;
  enabled: boolean;
  locked_at: string | null;
  namespace_id: number | null;
}

let api: ApiInProcess;
let self: number;
beforeAll(async () => {
  api = await ApiInProcess.start();
  self = (await api.get<User>('/profile')).body.id;
});
afterAll(() => api.stop());

const user = async (id: number) => (await api.get<User>(`/users/${id}`)).body;
const set = (id: number, changes: object, as?: Known) =>
  api.put<User>(`/users/${id}`, { user: changes }, as ? { as } : {});

describe('what administrators do to users', () => {
  it('admin, enabled and locked are set through PUT, beside Portus’s own fields, and are there at once', async () => {
    const alice = await api.person('alice');
    expect((await set(alice.id, { admin: true, display_name: 'A.' })).body).toMatchObject({ admin: true });
    expect((await api.get('/users', { as: alice })).status).toBe(200);
    expect((await set(alice.id, { admin: 'false' })).body).toMatchObject({ admin: false, display_name: 'A.' });
    expect((await api.get('/users', { as: alice })).status).toBe(403);
    for (const [away, back] of [
      [{ enabled: false }, { enabled: true }],
      [{ locked: true }, { locked: false }],
    ] as const) {
      await set(alice.id, away);
      expect((await api.get('/profile', { as: alice })).status).toBe(401);
      await set(alice.id, back);
      expect((await api.get('/profile', { as: alice })).status).toBe(200);
    }
    const told = await api.told('user');
    for (const key of ['user.create', 'user.update', 'user.admin', 'user.enabled', 'user.unlock'])
      expect(told).toContain(key);
  });

  it('what GET shows is taken back, and changes nothing', async () => {
    const { id } = await api.person('amy');
    await api.database.sql.query('UPDATE users SET email = NULL WHERE id = $1', [id]);
    const before = await user(id);
    expect(before).toMatchObject({ email: null });
    const { updated_at: _, ...same } = before as User & { updated_at: string };
    expect(await set(id, before)).toMatchObject({ status: 200, body: same });
  });

  it('nobody disables, locks, demotes or deletes the own account', async () => {
    for (const changes of [{ enabled: false }, { locked: true }, { admin: false }])
      expect((await set(self, changes)).status).toBe(403);
    expect((await api.delete(`/users/${self}`)).status).toBe(403);
    expect((await api.put(`/users/${self}/enabled`, { enabled: false })).status).toBe(403);
    expect(await user(self)).toMatchObject({ admin: true, enabled: true, locked_at: null });
  });

  it('nothing is done to the portus account', async () => {
    const id = await api.database.value<number>('SELECT id FROM users WHERE service');
    expect((await set(id, { email: 'x@example.test' })).status).toBe(422);
    for (const changes of [{ enabled: false }, { locked: true }, { admin: false }])
      expect((await set(id, changes)).status).toBe(403);
    expect((await api.delete(`/users/${id}`)).status).toBe(403);
  });

  it('a user who is not there is 404, and who is no administrator does none of it', async () => {
    const bob = await api.person('bob');
    expect((await api.delete('/users/99999')).status).toBe(404);
    expect((await set(99_999, { admin: true })).status).toBe(404);
    expect((await api.delete(`/users/${self}`, { as: bob })).status).toBe(403);
    expect((await set(bob.id, { admin: true }, bob)).status).toBe(403);
  });

  it('a token that ends neither promotes nor sets a password or an address', async () => {
    const carol = await api.person('carol', { admin: true });
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const path = `/users/${carol.id}/application_tokens`;
    const made = await api.post<{ plain_token: string }>(path, { application: 'ci', expires_at }, { as: carol });
    const as = { ...carol, password: made.body.plain_token };
    const { id } = await api.person('carl');
    const [email, password] = ['evil@example.test', 'another password'];
    for (const changes of [{ admin: true }, { email }, { password }])
      expect((await set(id, changes, as)).status).toBe(403);
    expect((await set(id, { display_name: 'C.' }, as)).status).toBe(200);
    expect((await api.put('/profile', { user: { email } }, { as })).status).toBe(403);
  });
});

describe('tokens that end soon', () => {
  it('are told to their users, and those of bots to administrators; the latest end first', async () => {
    const fay = await api.person('fay');
    const bot = { username: 'soon', email: 'soon@example.test', bot: true };
    const { id } = (await api.post<{ id: number }>('/users', { user: bot })).body;
    const make = async (user: number, application: string, days: number, as?: Known): Promise<unknown> => {
      const body = { application, expires_at: new Date(Date.now() + days * 86_400_000).toISOString() };
      return api.post(`/users/${user}/application_tokens`, body, as ? { as } : {});
    };
    await make(id, 'pipeline', 3);
    await make(id, 'nightly', 5);
    await make(id, 'later', 40);
    await make(fay.id, 'laptop', 4, fay);
    const within = async (days: number, as?: Known) => {
      const before = encodeURIComponent(new Date(Date.now() + days * 86_400_000).toISOString());
      const path = `/application_tokens?expires_before=${before}`;
      const { body } = await api.get<{ application: string; user: object }[]>(path, as ? { as } : {});
      return body;
    };
    expect((await within(14, fay)).map(({ application }) => application)).toEqual(['laptop']);
    const ofBots = (await within(14)).filter(({ user }) => 'username' in user && user.username === 'soon');
    expect(ofBots.map(({ application }) => application)).toEqual(['nightly', 'pipeline']);
    expect(ofBots[0]!.user).toEqual({ id, username: 'soon', bot: true });
    expect((await within(14)).map(({ application }) => application)).not.toContain('laptop');
    expect((await api.get('/application_tokens?expires_before=tomorrow')).status).toBe(400);
  });
});

describe('the own e-mail address', () => {
  const move = (as: Known, email: string | null, current_password?: string) =>
    api.put<{ message: object }>('/profile', { user: { email }, current_password }, { as });

  it('trap: changes with the present password only: who has the address can have the password set anew', async () => {
    const kim = await api.person('kim');
    const address = async () => (await user(kim.id)).email;
    const before = await address();
    const without = await move(kim, 'new@example.test');
    expect(without).toMatchObject({ status: 422, body: { message: { current_password: [expect.any(String)] } } });
    expect((await move(kim, null)).status).toBe(422);
    expect((await move(kim, 'new@example.test', 'wrong password')).status).toBe(422);
    expect(await address()).toBe(before);
    expect((await move(kim, 'new@example.test', kim.password)).status).toBe(200);
    expect(await address()).toBe('new@example.test');
    // What stays as it is needs nothing.
    expect((await move(kim, 'new@example.test')).status).toBe(200);
  });

  it('wrong passwords for it are counted as those of a sign-in are', async () => {
    const lee = await api.person('lee');
    const said: number[] = [];
    // The credentials of the request itself are warm: they are not what is guessed.
    for (let i = 0; i < 11; i++) said.push((await move(lee, 'new-lee@example.test', `guess ${i}`)).status);
    expect(said).toContain(422);
    expect(said.at(-1)).toBe(429);
  });
});

describe('deleting a user', () => {
  it('ends tokens and sessions, keeps the name at what was done, and frees an empty personal namespace', async () => {
    const dora = await api.person('dora');
    const { namespace_id: space } = await user(dora.id);
    const path = `/users/${dora.id}/application_tokens`;
    const { body } = await api.post<{ plain_token: string }>(path, { application: 'ci' }, { as: dora });
    const withToken = { ...dora, password: body.plain_token };
    expect((await api.get('/profile', { as: withToken })).status).toBe(200);
    expect((await api.delete(`/users/${dora.id}`)).status).toBe(204);
    for (const as of [dora, withToken]) expect((await api.get('/profile', { as })).status).toBe(401);
    expect((await api.get(`/users/${dora.id}`)).status).toBe(404);
    expect((await api.get(`/namespaces/${space}`)).status).toBe(404);
    const told = await api.database.sql.query<{ key: string }>(
      `SELECT key FROM activities WHERE actor_name = 'dora' OR subject_name = 'dora' ORDER BY id`,
    );
    expect(told.map(({ key }) => key)).toEqual(['user.create', 'application_token.create', 'user.delete']);
  });

  it('trap: a user of the same name, made anew, gets the own name for its namespace', async () => {
    const first = await api.person('eve');
    await api.delete(`/users/${first.id}`);
    const second = await api.person('eve');
    const { namespace_id: space } = await user(second.id);
    expect((await api.get(`/namespaces/${space}`)).body).toMatchObject({ name: 'eve', team: { name: 'eve' } });
  });

  it('images stay: their namespace goes to the administrators, and nobody inherits it by name', async () => {
    const fred = await api.person('fred');
    const { namespace_id: space } = await user(fred.id);
    const repository = await api.database.value<number>(
      `INSERT INTO repositories (registry_id, namespace_id, full_name, name)
       SELECT registry_id, id, 'fred/app', 'app' FROM namespaces WHERE id = $1 RETURNING id`,
      [space],
    );
    await api.database.sql.query(
      `WITH m AS (INSERT INTO manifests (repository_id, digest, media_type, size, manifest_size)
                  VALUES ($1, 'sha256:1', 'x', 1, 1) RETURNING id)
       INSERT INTO tags (repository_id, name, manifest_id, author_id, username) SELECT $1, 'latest', id, $2, 'fred' FROM m`,
      [repository, fred.id],
    );
    expect((await api.delete(`/users/${fred.id}`)).status).toBe(204);
    const kept = await api.get(`/namespaces/${space}`);
    expect(kept.body).toMatchObject({ name: 'fred', team: { hidden: true }, visibility: 'private' });
    const tags = await api.get(`/repositories/${repository}/tags`);
    expect(tags.body).toMatchObject([{ name: 'latest', author: { id: null, name: 'fred' } }]);
    const again = await api.person('fred');
    expect((await api.get(`/namespaces/${space}`, { as: again })).status).toBe(404);
    const own = (await user(again.id)).namespace_id;
    expect((await api.get(`/namespaces/${own}`)).body).toMatchObject({ name: 'fred0' });
  });

  it('a push that still waits to be read keeps the namespace too', async () => {
    const gwen = await api.person('gwen');
    const { namespace_id: space } = await user(gwen.id);
    await api.database.sql.query(
      `INSERT INTO registry_events (registry_id, event_id, action, repository, tag)
       SELECT id, 'waits', 'push', 'gwen/app', 'latest' FROM registries`,
    );
    await api.delete(`/users/${gwen.id}`);
    expect((await api.get(`/namespaces/${space}`)).body).toMatchObject({ name: 'gwen', team: { hidden: true } });
  });

  it('trap: the last owner of a team stays until there is another one', async () => {
    const [hugo, ida] = [await api.person('hugo'), await api.person('ida')];
    const team = await api.post<{ id: number }>('/teams', { name: 'crew' }, { as: hugo });
    const refused = await api.delete(`/users/${hugo.id}`);
    expect(refused).toMatchObject({ status: 422, body: { message: { teams: ['would have no owner: crew'] } } });
    await api.post(`/teams/${team.body.id}/members`, { user: 'ida', role: 'owner' }, { as: hugo });
    expect((await api.delete(`/users/${hugo.id}`)).status).toBe(204);
    expect((await api.get(`/teams/${team.body.id}`, { as: ida })).body).toMatchObject({
      users_count: 1,
      role: 'owner',
    });
  });

  it('takes the stars along, and the numbers follow', async () => {
    const jim = await api.person('jim');
    const id = await api.database.value<number>(`SELECT id FROM repositories WHERE full_name = 'fred/app'`);
    await api.database.sql.query(`UPDATE namespaces SET visibility = 'public' WHERE name = 'fred'`);
    expect((await api.put(`/repositories/${id}/star`, undefined, { as: jim })).status).toBeLessThan(300);
    expect((await api.get(`/repositories/${id}`)).body).toMatchObject({ stars: 1 });
    await api.delete(`/users/${jim.id}`);
    expect((await api.get(`/repositories/${id}`)).body).toMatchObject({ stars: 0 });
  });
});
