import { beforeAll, expect, it } from 'vitest';
import { scenes } from '../support/scenes.js';
import type { TestUser } from '../support/stack-handle.js';

interface UserView {
  id: number;
  username: string;
  namespace_id: number | null;
}

const PAGING = ['x-total', 'x-total-pages', 'x-page', 'x-per-page', 'x-next-page', 'x-prev-page'];

scenes('people of the API', { flavours: ['2.8'], stack: { workers: 0 } }, (house) => {
  let alice: TestUser;
  let bob: TestUser;
  beforeAll(async () => {
    alice = await house().createUser('alice', 'password of alice');
    bob = await house().createUser('Bob.Builder', 'password of bob');
  });

  const create = (user: Record<string, unknown>) => house().post('/users', { user });

  it('makes a user with a personal namespace, and shows nothing of the password', async () => {
    const answer = await create({ username: 'carol', email: 'carol@example.test', password: 'password of carol' });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ username: 'carol', admin: false, enabled: true, bot: false });
    expect(JSON.stringify(answer.body)).not.toMatch(/password|hash|argon/);
    const { id, namespace_id } = answer.body as UserView;
    const as = { username: 'carol', password: 'password of carol' };
    const namespace = await house().get(`/namespaces/${namespace_id}`, { as });
    expect(namespace.body).toMatchObject({ name: 'carol', visibility: 'private', global: false });
    expect((await house().get(`/users/${id}`)).body).toMatchObject({ email: 'carol@example.test' });
    expect((await house().get('/users/carol@example.test')).body).toMatchObject({ id });
    const names = await house().sql('SELECT 1 FROM users WHERE password_hash LIKE $1', ['%password of carol%']);
    expect(names).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a name that is taken, in other letters', { username: 'ALICE' }, 'username'],
    ['an address that is taken', { email: 'ALICE@example.test' }, 'email'],
  ])('refuses %s with 422', async (_, changes, field) => {
    const fresh = { username: 'dave', email: 'dave@example.test', password: 'password of dave' };
    const { status, body } = await create({ ...fresh, ...changes });
    expect(status).toBe(422);
    expect((body as { message: unknown }).message).toEqual({ [field]: ['has already been taken'] });
  });

  it('makes one user of two requests at the same time', async () => {
    const user = { username: 'twin', email: 'twin@example.test', password: 'password of twin' };
    const answers = await Promise.all([create(user), create(user), create(user)]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 422, 422]);
  });

  it('pages as Portus does', async () => {
    const whole = await house().get<UserView[]>('/users?all=true');
    for (const header of PAGING) expect(whole.headers.has(header)).toBe(false);
    const total = whole.body.length;
    expect(total).toBeGreaterThanOrEqual(5);
    const seen: string[] = [];
    for (let page = 1; page <= Math.ceil(total / 2); page++) {
      const answer = await house().get<UserView[]>(`/users?per_page=2&page=${page}&sort_attr=username&sort_order=desc`);
      const last = Math.ceil(total / 2);
      expect(PAGING.map((header) => answer.headers.get(header))).toEqual([
        `${total}`,
        `${last}`,
        `${page}`,
        '2',
        page < last ? `${page + 1}` : '',
        page > 1 ? `${page - 1}` : '',
      ]);
      const link = answer.headers.get('link') ?? '';
      const rels = [...link.matchAll(/<[^>]*[?&]page=(\d+)[^>]*>; rel="(\w+)"/g)].map(([, at, rel]) => `${rel} ${at}`);
      const around = [...(page > 1 ? [`prev ${page - 1}`] : []), ...(page < last ? [`next ${page + 1}`] : [])];
      expect(rels).toEqual([...around, 'first 1', `last ${last}`]);
      seen.push(...answer.body.map((user) => user.username));
    }
    expect(seen.length).toBe(total);
    expect(seen).toEqual(seen.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? 1 : -1)));
    const beyond = await house().get('/users?per_page=2&page=500');
    expect(beyond.status).toBe(200);
    expect(beyond.body).toEqual([]);
  });

  it.each(['created_at', 'updated_at'])('sorts by %s', async (sort) => {
    const ids = async (order: string) => {
      const answer = await house().get<UserView[]>(`/users?all=true&sort_attr=${sort}&sort_order=${order}`);
      expect(answer.status).toBe(200);
      return answer.body.map((user) => user.id);
    };
    expect(await ids('desc')).toEqual((await ids('asc')).toReversed());
  });

  it('keeps application tokens to their owner, shows one once, and lets it sign in', async () => {
    const path = `/users/${alice.id}/application_tokens`;
    expect((await house().post(path, { application: 'x' })).status).toBe(403);
    expect((await house().post(path, { application: 'x' }, { as: bob })).status).toBe(403);
    const made = await house().post<{ id: number; plain_token: string }>(path, { application: 'ci' }, { as: alice });
    expect(made.status).toBe(201);
    const { plain_token: token } = made.body;
    expect((await house().post(path, { application: 'ci' }, { as: alice })).status).toBe(422);
    const listed = await house().get(path, { as: alice });
    expect(listed.body).toMatchObject([{ id: made.body.id, application: 'ci', read_only: false }]);
    expect(JSON.stringify(listed.body)).not.toContain(token);
    const headers = { 'portus-auth': `alice:${token}` };
    expect((await house().get('/namespaces', { as: null, headers })).status).toBe(200);
    expect((await house().get('/namespaces', { as: { username: 'alice', password: token } })).status).toBe(200);
    for (const other of [`Bob.Builder:${token}`, `alice:${token}x`, `alice:${alice.password}`, token]) {
      const answer = await house().get('/namespaces', { as: null, headers: { 'portus-auth': other } });
      expect(answer.status, other.slice(0, 12)).toBe(401);
    }
    expect(
      await house().sql('SELECT 1 FROM application_tokens WHERE token_hash::text LIKE $1', [`%${token}%`]),
    ).toEqual([]);
    expect(house().logs()).not.toContain(token);
  });

  it('shuts a disabled user out at once, and never the service account', async () => {
    expect((await house().get('/namespaces', { as: bob })).status).toBe(200);
    expect((await house().put(`/users/${bob.id}/enabled`, { enabled: false })).body).toMatchObject({ enabled: false });
    expect((await house().get('/namespaces', { as: bob })).status).toBe(401);
    expect((await house().put(`/users/${bob.id}/enabled`, { enabled: true })).status).toBe(200);
    expect((await house().get('/namespaces', { as: bob })).status).toBe(200);
    const told = await house().sql<{ key: string }>(
      `SELECT key FROM activities WHERE subject_type = 'user' AND subject_id = $1 AND actor_name = 'admin' ORDER BY id`,
      [bob.id],
    );
    expect(told.map(({ key }) => key)).toEqual(['user.create', 'user.enabled', 'user.enabled']);
    const [service] = await house().sql<{ id: number }>('SELECT id FROM users WHERE service');
    expect((await house().put(`/users/${service!.id}/enabled`, { enabled: false })).status).toBe(403);
    expect((await house().put('/users/99999/enabled', { enabled: false })).status).toBe(404);
  });

  it('is open to administrators only', async () => {
    for (const path of ['/users', `/users/${alice.id}`, `/users/${bob.id}`]) {
      expect((await house().get(path, { as: alice })).status).toBe(403);
      expect((await house().get(path, { as: null })).status).toBe(401);
    }
    expect((await house().put(`/users/${bob.id}/enabled`, { enabled: false }, { as: alice })).status).toBe(403);
    expect((await house().post('/users', {}, { as: alice })).status).toBe(403);
  });
});
