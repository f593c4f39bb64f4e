import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiInProcess, type As, type Known } from '../support/api-in-process.js';

/** Every list whose items have a path of their own, and how the ids of all that there is are found. */
const LISTS: readonly { list: string; item: string; all: string; admin?: true }[] = [
  { list: '/namespaces?all=true', item: '/namespaces/', all: 'SELECT id FROM namespaces' },
  { list: '/repositories?all=true', item: '/repositories/', all: 'SELECT id FROM repositories' },
  // Hidden teams stand behind personal and global namespaces: as in Portus they are shown, and not listed.
  { list: '/teams?all=true', item: '/teams/', all: 'SELECT id FROM teams WHERE NOT hidden' },
  { list: '/users?all=true', item: '/users/', all: 'SELECT id FROM users' },
  { list: '/registries?all=true', item: '/registries/', all: 'SELECT id FROM registries' },
  // Only administrators have the list of all tags; a tag by its id is for who may pull.
  { list: '/tags?all=true', item: '/tags/', all: 'SELECT id FROM tags', admin: true },
];
const FOUND: readonly [type: string, item: string, all: string][] = [
  ['repository', '/repositories/', `SELECT id FROM repositories WHERE full_name LIKE '%space%'`],
  ['namespace', '/namespaces/', `SELECT id FROM namespaces WHERE name LIKE '%space%'`],
  ['tag', '/tags/', `SELECT id FROM tags WHERE name = 'space'`],
];

let api: ApiInProcess;
let callers: Record<string, Exclude<As, null>>;
let team: number;

async function fill(people: Record<string, Known>): Promise<void> {
  const made = await api.post<{ id: number }>('/teams', { name: 'crew' }, { as: people['owner']! });
  team = made.body.id;
  for (const role of ['contributor', 'viewer'])
    await api.post(`/teams/${team}/members`, { user: role, role }, { as: people['owner']! });
  for (const [i, visibility] of ['private', 'protected', 'public'].entries()) {
    const space = { name: `space${i}`, team: 'crew' };
    const { body } = await api.post<{ id: number }>('/namespaces', space, { as: people['owner']! });
    await api.put(`/namespaces/${body.id}`, { namespace: { visibility } }, { as: people['owner']! });
  }
  await api.database.sql.query(
    `WITH p AS (INSERT INTO repositories (registry_id, namespace_id, full_name, name, tags_count)
                SELECT registry_id, id, CASE name WHEN '' THEN 'app' ELSE name || '/app' END, 'app', 1
                  FROM namespaces RETURNING id),
          m AS (INSERT INTO manifests (repository_id, digest, media_type, size, manifest_size)
                SELECT id, 'sha256:' || id, 'x', 1, 1 FROM p RETURNING id, repository_id)
     INSERT INTO tags (repository_id, name, manifest_id) SELECT repository_id, 'space', id FROM m`,
  );
}

async function tokenOf(owner: Known, limits: object): Promise<Known> {
  const path = `/users/${owner.id}/application_tokens`;
  const body = { application: JSON.stringify(limits), ...limits };
  const made = await api.post<{ plain_token: string }>(path, body, { as: owner });
  return { ...owner, password: made.body.plain_token };
}

beforeAll(async () => {
  api = await ApiInProcess.start();
  const names = ['owner', 'contributor', 'viewer', 'stranger'];
  const people = Object.fromEntries(await Promise.all(names.map(async (one) => [one, await api.person(one)] as const)));
  await fill(people);
  const [owner, boss] = [people['owner']!, await api.person('boss', { admin: true })];
  callers = {
    ...people,
    boss,
    'token that reads': await tokenOf(owner, { read_only: true }),
    'token kept to one namespace': await tokenOf(owner, { namespaces: ['space0'] }),
    'token kept to the global namespace': await tokenOf(owner, { namespaces: [''] }),
    'token that only pushes': await tokenOf(owner, { actions: ['push'] }),
    'token of an administrator kept to one namespace': await tokenOf(boss, { namespaces: ['space1'] }),
  };
});
afterAll(() => api.stop());

const CALLERS = [
  'owner',
  'contributor',
  'viewer',
  'stranger',
  'boss',
  'token that reads',
  'token kept to one namespace',
  'token kept to the global namespace',
  'token that only pushes',
  'token of an administrator kept to one namespace',
];

async function shown(item: string, all: string, as: As): Promise<number[]> {
  const rows = await api.database.sql.query<{ id: number }>(`${all} ORDER BY id`);
  const found: number[] = [];
  for (const { id } of rows) if ((await api.get(`${item}${id}`, { as })).status === 200) found.push(id);
  return found;
}

describe.each(CALLERS)('a list shows exactly what can be had one by one, to: %s', (caller) => {
  it.each(LISTS)('$list', async ({ list, item, all, admin }) => {
    const as = callers[caller]!;
    const answer = await api.get<{ id: number }[]>(list, { as });
    if (answer.status !== 200) {
      expect(answer.status).toBe(403);
      if (!admin) expect(await shown(item, all, as)).toEqual([]);
      return;
    }
    expect(answer.body.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(await shown(item, all, as));
  });

  it.each(FOUND)('what is found: %s', async (type, item, all) => {
    const as = callers[caller]!;
    const answer = await api.get<{ id: number }[]>(`/search?type=${type}&search=space&limit=50`, { as });
    expect(answer.status).toBe(200);
    expect(answer.body.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(await shown(item, all, as));
  });

  it('what lies in a namespace, a repository, a team', async () => {
    const as = callers[caller]!;
    const spaces = await api.get<{ id: number }[]>('/namespaces?all=true', { as });
    for (const { id } of spaces.body) {
      const held = await api.get<{ id: number }[]>(`/namespaces/${id}/repositories`, { as });
      const all = `SELECT id FROM repositories WHERE namespace_id = ${id}`;
      expect(held.body.map((one) => one.id)).toEqual(await shown('/repositories/', all, as));
      for (const repository of held.body) {
        const tags = await api.get<{ id: number }[]>(`/repositories/${repository.id}/tags`, { as });
        const grouped = await api.get<{ id: number }[][]>(`/repositories/${repository.id}/tags/grouped`, { as });
        expect(grouped.body.flat()).toEqual(tags.body);
        const every = `SELECT id FROM tags WHERE repository_id = ${repository.id}`;
        expect(tags.body.map((one) => one.id)).toEqual(await shown('/tags/', every, as));
      }
    }
    const ofTeam = await api.get<{ id: number }[]>(`/teams/${team}/namespaces`, { as });
    const all = `SELECT id FROM namespaces WHERE team_id = ${team}`;
    if (ofTeam.status === 200) expect(ofTeam.body.map((one) => one.id)).toEqual(await shown('/namespaces/', all, as));
    else expect([403, 404]).toContain(ofTeam.status);
  });
});

it('mine: the namespaces of the teams that one is in, which for administrators are not all', async () => {
  const mine = async (caller: string) => {
    const { body } = await api.get<{ name: string }[]>('/namespaces?all=true&mine=true', { as: callers[caller]! });
    return body.map(({ name }) => name).toSorted();
  };
  expect(await mine('viewer')).toEqual(['space0', 'space1', 'space2', 'viewer']);
  expect(await mine('stranger')).toEqual(['stranger']);
  expect(await mine('boss')).not.toContain('space0');
  expect(await mine('token kept to one namespace')).toEqual(['space0']);
});

it('trap: the protected repositories of others are in the list', async () => {
  const { body } = await api.get<{ full_name: string }[]>('/repositories?all=true', { as: callers['stranger']! });
  expect(body.map((one) => one.full_name).toSorted()).toEqual(['app', 'space1/app', 'space2/app', 'stranger/app']);
});

it('what nobody is signed in for shows public repositories only', async () => {
  const { body } = await api.get<{ name: string }[]>('/explore?search=space', { as: null });
  expect(body.map((one) => one.name)).toEqual(['space2/app']);
});

it('trap: a tag is found in its own repository only', async () => {
  const [one, other] = await api.database.sql.query<{ id: number; repository: number }>(
    'SELECT id, repository_id AS repository FROM tags ORDER BY id LIMIT 2',
  );
  expect((await api.get(`/repositories/${one!.repository}/tags/${one!.id}`)).body).toMatchObject({ name: 'space' });
  expect((await api.get(`/repositories/${one!.repository}/tags/${other!.id}`)).status).toBe(404);
});

it('tags of the same digest are one group, the one that was changed last first', async () => {
  const id = await api.database.value<number>(`SELECT id FROM repositories WHERE full_name = 'space0/app'`);
  await api.database.sql.query(
    `WITH m AS (INSERT INTO manifests (repository_id, digest, media_type, size, manifest_size)
                VALUES ($1, 'sha256:newer', 'x', 1, 1) RETURNING id)
     INSERT INTO tags (repository_id, name, manifest_id, updated_at)
     SELECT $1, t.name, m.id, now() + interval '1 hour' FROM m, (VALUES ('1.0'), ('1')) AS t(name)`,
    [id],
  );
  const { body } = await api.get<{ name: string }[][]>(`/repositories/${id}/tags/grouped`);
  expect(body.map((group) => group.map(({ name }) => name).toSorted())).toEqual([['1', '1.0'], ['space']]);
});

it('a repository tells whether the caller may delete it', async () => {
  const id = await api.database.value<number>(`SELECT id FROM repositories WHERE full_name = 'space0/app'`);
  const destroyable = async (caller: string) =>
    (await api.get<{ destroyable: boolean }>(`/repositories/${id}`, { as: callers[caller]! })).body.destroyable;
  expect([await destroyable('owner'), await destroyable('contributor'), await destroyable('boss')]).toEqual([
    true,
    false,
    true,
  ]);
});

it.each([
  ['/namespaces', 'PACE1', 'name', ['space1']],
  ['/repositories', 'space1/', 'full_name', ['space1/app']],
  ['/teams', 'Rew', 'name', ['crew']],
  ['/users', 'ontrib', 'username', ['contributor']],
  ['/users?bot=false', 'ontrib', 'username', ['contributor']],
  ['/users?bot=true', 'ontrib', 'username', []],
  ['/namespaces', '%', 'name', []],
  ['/namespaces', '_pace1', 'name', []],
])('%s is kept to what has %s in its name', async (list, text, name, expected) => {
  const address = `${list}${list.includes('?') ? '&' : '?'}search=${encodeURIComponent(text)}`;
  const answer = await api.get<Record<string, unknown>[]>(address, { as: callers['boss']! });
  expect(answer.body.map((one) => one[name])).toEqual(expected);
  expect(answer.headers['x-total']).toBe(String(expected.length));
});

it('a text that cannot be in a name is refused', async () => {
  expect((await api.get('/namespaces?search=%00', { as: callers['boss']! })).status).toBe(400);
});
