import { beforeAll, expect, it } from 'vitest';
import { buildImage } from '../factories/image.js';
import { TestBrowser } from '../support/browser.js';
import { pushImage } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import { until } from '../support/until.js';
import { untilTag } from '../support/world.js';

/** Fields of Portus's representations; ours may have more. */
const USER =
  'id username email current_sign_in_at last_sign_in_at created_at updated_at admin enabled locked_at namespace_id display_name bot';
const TEAM = 'id name created_at updated_at description hidden';
const NAMESPACE = 'id name created_at updated_at description team visibility global';
const REPOSITORY =
  'id name full_name created_at updated_at description namespace registry_hostname stars tags_count starred destroyable';
const TAG = 'id name author digest image_id created_at updated_at size scanned vulnerabilities';
const VULNERABILITY = 'name scanner severity link fixed_by metadata description';
const REGISTRY = 'id name hostname external_hostname use_ssl created_at updated_at';
const PAGING = ['x-per-page', 'x-page', 'x-next-page', 'x-prev-page', 'x-total', 'x-total-pages', 'link'];

type Body = Record<string, unknown>;
interface Answer {
  status: number;
  headers: Headers;
  body: Body & Body[];
}

/** Calls as scripts for Portus 2.x make them: its header, its paths, its parameters. */
const PATIENCE = { timeoutMs: 60_000 };
const STACK = { env: { PORTUS_SECURITY_DUMMY_SERVER: 'dummy' } };
scenes("a script written for Portus's API", { flavours: ['2.8'], stack: STACK }, (house) => {
  let auth = '';
  const curl = async (method: string, path: string, data?: unknown): Promise<Answer> => {
    const headers: Record<string, string> = { 'Portus-Auth': auth, Accept: 'application/json' };
    if (data !== undefined) headers['Content-Type'] = 'application/json';
    const body = data === undefined ? null : JSON.stringify(data);
    const answer = await fetch(`${house().url}${path}`, { method, headers, body });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) };
  };
  const has = (value: unknown, fields: string) =>
    expect(Object.keys(value as object)).toEqual(expect.arrayContaining(fields.split(' ')));

  beforeAll(async () => {
    const me = await house().get<{ id: number }>('/profile');
    const made = await house().post<{ plain_token: string }>(`/users/${me.body.id}/application_tokens`, {
      application: 'script',
    });
    auth = `admin:${made.body.plain_token}`;
  });

  it('asks whether it is alive, and how it is', async () => {
    expect((await curl('GET', '/api/v1/_ping')).status).toBe(200);
    const { status, body } = await curl('GET', '/api/v1/health');
    expect(status).toBe(200);
    for (const component of ['database', 'registry']) {
      expect(body[component]).toMatchObject({ success: true, msg: expect.any(String) });
    }
    expect((await curl('GET', '/api/version')).body).toMatchObject({ 'api-versions': ['v1'] });
    auth = `${auth}x`;
    const refused = await curl('GET', '/api/v1/users');
    auth = auth.slice(0, -1);
    expect(refused.status).toBe(401);
    expect(refused.body['message']).toBe('Authentication fails');
  });

  it('manages users and tokens of bots', async () => {
    const user = { username: 'script', email: 'script@example.test', password: 'password of script' };
    const made = await curl('POST', '/api/v1/users', { user });
    expect(made.status).toBe(201);
    has(made.body, USER);
    const id = Number(made.body['id']);
    const list = await curl('GET', '/api/v1/users?page=1&per_page=2&sort_attr=username&sort_order=asc');
    expect(list.status).toBe(200);
    expect(list.body).toHaveLength(2);
    for (const header of PAGING) expect(list.headers.has(header), header).toBe(true);
    expect((await curl('GET', `/api/v1/users/${user.email}`)).body['id']).toBe(id);
    const changed = await curl('PUT', `/api/v1/users/${id}`, { user: { display_name: 'A Script' } });
    expect(changed.status).toBe(200);
    expect(changed.body['display_name']).toBe('A Script');
    expect((await curl('POST', '/api/v1/users', { user })).status).toBe(422);
    expect((await curl('POST', '/api/v1/users', {})).status).toBe(400);
    expect((await curl('GET', '/api/v1/users/99999')).status).toBe(404);

    // There is an administrator already.
    expect((await curl('POST', '/api/v1/users/bootstrap', { user: { ...user, username: 'first' } })).status).toBe(400);

    const bot = await curl('POST', '/api/v1/users', {
      user: { username: 'robot', email: 'robot@example.test', password: 'password of robot', bot: true },
    });
    expect(bot.body['bot']).toBe(true);
    const tokens = `/api/v1/users/${String(bot.body['id'])}/application_tokens`;
    const token = await curl('POST', tokens, { application: 'ci' });
    expect(token.status).toBe(201);
    has(token.body, 'id application plain_token');
    const listed = await curl('GET', tokens);
    expect(listed.body.map((one) => one['application'])).toContain('ci');
    expect(JSON.stringify(listed.body)).not.toContain(token.body['plain_token']);
    const gone = await curl('DELETE', `/api/v1/users/application_tokens/${String(token.body['id'])}`);
    expect(gone.status).toBe(204);
    expect((await curl('DELETE', `/api/v1/users/${id}`)).status).toBe(204);
    expect((await curl('GET', `/api/v1/users/${id}`)).status).toBe(404);
  });

  it('manages teams, members and namespaces', async () => {
    const team = await curl('POST', '/api/v1/teams', { name: 'crew', description: 'ours' });
    expect(team.status).toBe(201);
    has(team.body, TEAM);
    const path = `/api/v1/teams/${String(team.body['id'])}`;
    const member = await curl('POST', `${path}/members`, { user: 'robot', role: 'viewer' });
    expect(member.status).toBe(201);
    has(member.body, 'id team_id user_id created_at updated_at role display_name');
    const one = `${path}/members/${String(member.body['id'])}`;
    expect((await curl('PUT', one, { role: 'contributor' })).body['role']).toBe('contributor');
    expect((await curl('GET', `${path}/members`)).body).toHaveLength(2);
    expect((await curl('DELETE', one)).status).toBe(204);
    expect((await curl('PUT', path, { team: { description: 'theirs' } })).status).toBe(200);
    expect((await curl('GET', path)).body['description']).toBe('theirs');
    // No LDAP here: as in a Portus where it is off.
    expect((await curl('POST', `${path}/ldap_check`)).status).toBe(405);
    expect((await curl('GET', '/api/v1/teams?all=true')).body.map(({ name }) => name)).toContain('crew');

    const valid = await curl('GET', '/api/v1/namespaces/validate?name=crew');
    expect(valid.body).toMatchObject({ valid: true });
    const namespace = await curl('POST', '/api/v1/namespaces', { name: 'crew', team: 'crew' });
    expect(namespace.status).toBe(201);
    has(namespace.body, NAMESPACE);
    expect(namespace.body['visibility']).toBe('private');
    const place = `/api/v1/namespaces/${String(namespace.body['id'])}`;
    expect((await curl('PUT', place, { namespace: { visibility: 'public' } })).body['visibility']).toBe('public');
    expect((await curl('PUT', place, { namespace: { visibility: 'secret' } })).status).toBeGreaterThanOrEqual(400);
    expect((await curl('GET', `${path}/namespaces`)).body).toHaveLength(1);
    expect((await curl('GET', '/api/v1/namespaces?all=true')).body.map((one) => one['id'])).toContain(
      namespace.body['id'],
    );
    expect((await curl('GET', `${place}/repositories`)).body).toEqual([]);
    expect((await curl('GET', place)).status).toBe(200);
  });

  const push = async (repository: string) => {
    const stack = house();
    const token = await stack.token([`repository:${repository}:push,pull`]);
    await pushImage({ url: stack.registry.url, repository, token }, 'v1', buildImage());
    await untilTag(stack, repository, 'v1', undefined, 'admin');
  };

  it('looks at repositories, tags and vulnerabilities, and deletes a tag', async () => {
    await push('crew/app');
    const list = await curl('GET', '/api/v1/repositories?all=true');
    const repository = list.body.find((one) => one['full_name'] === 'crew/app')!;
    has(repository, REPOSITORY);
    const path = `/api/v1/repositories/${String(repository['id'])}`;
    expect((await curl('GET', path)).body).toMatchObject({ name: 'app', tags_count: 1 });
    expect((await curl('PUT', path, { repository: { description: '# app' } })).status).toBe(200);
    const tags = await curl('GET', `${path}/tags`);
    has(tags.body[0], TAG);
    expect(tags.body[0]!['author']).toMatchObject({ name: 'admin' });
    const grouped = await curl('GET', `${path}/tags/grouped`);
    expect(grouped.body[0]).toHaveLength(1);
    const tag = String(tags.body[0]!['id']);
    expect((await curl('GET', `${path}/tags/${tag}`)).body['name']).toBe('v1');
    expect((await curl('GET', `/api/v1/tags/${tag}`)).body['name']).toBe('v1');
    expect((await curl('GET', '/api/v1/tags')).status).toBe(200);
    const scanned = async () => (await curl('GET', `/api/v1/tags/${tag}`)).body;
    await until('it is scanned', async () => (await scanned())['scanned'] === 2, PATIENCE);
    const [vulnerability] = (await scanned())['vulnerabilities'] as Body[];
    has(vulnerability, VULNERABILITY);
    expect((await curl('POST', `/api/v1/vulnerabilities/${tag}`)).status).toBe(202);
    expect((await curl('POST', '/api/v1/vulnerabilities/99999')).status).toBe(404);
    expect((await curl('POST', '/api/v1/vulnerabilities')).status).toBe(202);
    await until('it is scanned again', async () => (await scanned())['scanned'] === 2, PATIENCE);
    expect((await curl('DELETE', `/api/v1/tags/${tag}`)).status).toBe(204);
    expect((await curl('GET', `/api/v1/tags/${tag}`)).status).toBe(404);
  });

  it('deletes repositories, namespaces and teams', async () => {
    // 202 instead of 204 where images have to go first: docs/compatibility.md.
    const gone = async ({ status, body }: Answer) => {
      expect(status).toBe(202);
      const path = `/api/v1/deletions/${String(body['id'])}`;
      await until('it is gone', async () => (await curl('GET', path)).body['state'] === 'done', PATIENCE);
    };
    const idOf = async (list: string, name: string) => {
      const found = (await curl('GET', `/api/v1/${list}?all=true`)).body.find((one) => one['name'] === name);
      return String(found?.['id']);
    };
    await push('crew/other');
    await gone(await curl('DELETE', `/api/v1/repositories/${await idOf('repositories', 'other')}`));
    expect(await idOf('repositories', 'other')).toBe('undefined');
    await curl('POST', '/api/v1/teams', { name: 'short' });
    await curl('POST', '/api/v1/namespaces', { name: 'short', team: 'short' });
    await push('short/app');
    await gone(await curl('DELETE', `/api/v1/namespaces/${await idOf('namespaces', 'short')}`));
    const short = await idOf('teams', 'short');
    expect((await curl('DELETE', `/api/v1/teams/${short}`)).status).toBe(204);
    await push('crew/last');
    const crew = await idOf('teams', 'crew');
    await curl('POST', '/api/v1/teams', { name: 'heirs' });
    expect((await curl('DELETE', `/api/v1/teams/${crew}`, { new_team: 'heirs' })).status).toBe(204);
    const heirs = await idOf('teams', 'heirs');
    expect((await curl('GET', `/api/v1/teams/${heirs}/namespaces`)).body).toHaveLength(1);
    await gone(await curl('DELETE', `/api/v1/teams/${heirs}`));
    expect((await curl('GET', `/api/v1/teams/${heirs}`)).status).toBe(404);
    expect(await idOf('namespaces', 'crew')).toBe('undefined');
    const token = await house().token(['repository:crew/last:pull']);
    const asked = await fetch(`${house().registry.url}/v2/crew/last/manifests/v1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(asked.status).toBe(404);
  });

  it('looks at the registry', async () => {
    const [registry] = (await curl('GET', '/api/v1/registries')).body;
    has(registry, REGISTRY);
    const path = `/api/v1/registries/${String(registry!['id'])}`;
    const name = { registry: { name: 'renamed' } };
    expect((await curl('PUT', path, name)).body['name']).toBe('renamed');
    const query = new URLSearchParams({ name: 'other', hostname: house().registryHost, use_ssl: 'false' });
    const status = await curl('GET', `/api/v1/registries/validate?${query.toString()}`);
    expect(status.status).toBe(200);
    has(status.body, 'messages valid');
  });
});

scenes('/documentation', { flavours: ['2.8'], needs: ['PORTUS_TEST_CHROMIUM'], stack: { workers: 0 } }, (house) => {
  it('shows operations, schemas and examples, and asks nobody else for anything', async () => {
    const browser = await TestBrowser.start(house().url);
    const view = await browser.view();
    await view.page.goto('/documentation');
    await view.page.locator('#operations-tag-users').click();
    await view.page.locator('#operations-users-createUser').click();
    await view.page.getByText('correct horse battery').first().waitFor();
    await view.picture('documentation');
    await view.close();
    await browser.stop();
  });
});
