import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyChanges } from '#persistence/apply-changes.js';
import { ApiInProcess, type Known } from '../support/api-in-process.js';

let api: ApiInProcess;
beforeAll(async () => {
  api = await ApiInProcess.start();
});
afterAll(() => api.stop());

const value = <T>(text: string, values: unknown[] = []) => api.database.value<T>(text, values);
const ADMINS = `SELECT count(*)::int FROM users
  WHERE admin AND enabled AND locked_at IS NULL AND NOT bot AND NOT service`;
const ROUNDS = 3;

/** Two administrators, and nobody else: those that were there before are made users like others. */
async function twoAdmins(round: number): Promise<[Known, Known]> {
  await api.database.sql.query(`UPDATE users SET admin = true WHERE username = 'admin'`);
  const pair = [
    await api.person(`x${round}`, { admin: true }),
    await api.person(`y${round}`, { admin: true }),
  ] as const;
  const names = [...pair.map(({ username }) => username), 'portus'];
  await api.database.sql.query('UPDATE users SET admin = false WHERE NOT username = ANY($1)', [names]);
  return [...pair];
}

describe('two at the same time', () => {
  it.each<[string, (by: Known, of: Known) => Promise<{ status: number }>]>([
    ['demote', (as, { id }) => api.put(`/users/${id}`, { user: { admin: false } }, { as })],
    ['disable', (as, { id }) => api.put(`/users/${id}`, { user: { enabled: false } }, { as })],
    ['lock', (as, { id }) => api.put(`/users/${id}/locked`, { locked: true }, { as })],
    ['delete', (as, { id }) => api.delete(`/users/${id}`, { as })],
  ])('two administrators who %s each other: one stays', async (what, act) => {
    for (let round = 0; round < ROUNDS; round++) {
      const [x, y] = await twoAdmins(Math.floor(Math.random() * 1e9));
      const answers = await Promise.all([act(x, y), act(y, x)]);
      expect(await value(ADMINS), what).toBe(1);
      const good = answers.filter(({ status }) => status < 300);
      expect(good.length).toBe(1);
      expect([401, 403]).toContain(answers.find(({ status }) => status >= 300)!.status);
    }
    await api.database.sql.query(`UPDATE users SET admin = true WHERE username = 'admin'`);
  });

  it('two owners who remove, or demote, each other, or are deleted: the team keeps one', async () => {
    for (let round = 0; round < ROUNDS * 3; round++) {
      const [x, y] = [await api.person(`p${round}`), await api.person(`q${round}`)];
      const team = (await api.post<{ id: number }>('/teams', { name: `team${round}` }, { as: x })).body.id;
      const path = `/teams/${team}/members`;
      await api.post(path, { user: y.username, role: 'owner' }, { as: x });
      const members = (await api.get<{ id: number; user_id: number }[]>(path)).body;
      const of = (person: Known) => `${path}/${members.find((one) => one.user_id === person.id)!.id}`;
      const attempts = [
        [api.delete(of(y), { as: x }), api.delete(of(x), { as: y })],
        [api.put(of(y), { role: 'viewer' }, { as: x }), api.put(of(x), { role: 'viewer' }, { as: y })],
        [api.delete(`/users/${x.id}`), api.delete(of(y))],
      ][round % 3]!;
      const statuses = (await Promise.all(attempts)).map(({ status }) => status);
      const owners = `SELECT count(*)::int FROM team_users WHERE team_id = $1 AND role = 'owner'`;
      expect(await value(owners, [team])).toBeGreaterThan(0);
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
    }
  });

  it('names are given once: users, teams, namespaces, tokens, members', async () => {
    const user = { username: 'twin', email: 'twin@example.test', password: 'password of twin' };
    const owner = await api.person('namer');
    await api.post('/teams', { name: 'namers' }, { as: owner });
    const team = await value<number>(`SELECT id FROM teams WHERE name = 'namers'`);
    await api.person('member');
    const makes: (() => Promise<{ status: number }>)[] = [
      () => api.post('/users', { user }),
      () => api.post('/teams', { name: 'once' }, { as: owner }),
      () => api.post('/namespaces', { name: 'once', team: 'namers' }, { as: owner }),
      () => api.post(`/users/${owner.id}/application_tokens`, { application: 'once' }, { as: owner }),
      () => api.post(`/teams/${team}/members`, { user: 'member', role: 'viewer' }, { as: owner }),
    ];
    for (const make of makes) {
      const answers = await Promise.all(Array.from({ length: 6 }, make));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422, 422, 422, 422, 422]);
    }
  });

  it('a team is not left without its maker, and nothing breaks, when a user who makes teams is deleted', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const maker = await api.person(`maker${round}`);
      const made = Array.from({ length: 4 }, (_, i) =>
        api.post('/teams', { name: `made${round}-${i}` }, { as: maker }),
      );
      const answers = await Promise.all([...made, api.delete(`/users/${maker.id}`)]);
      for (const { status } of answers) expect([201, 204, 401, 404, 409, 422]).toContain(status);
    }
    expect(
      await value(`SELECT count(*)::int FROM teams t WHERE name LIKE 'made%'
        AND NOT EXISTS (SELECT FROM team_users m WHERE m.team_id = t.id AND m.role = 'owner')`),
    ).toBe(0);
  });
});

/** What a worker writes after a push, as often as it has to: a repository whose turn fails is taken again. */
async function write(registryId: number, fullName: string, actor: string): Promise<void> {
  const digest = `sha256:${'1'.repeat(64)}`;
  const image = { digest, mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 1, manifestSize: 1 };
  const none = { artifactType: null, configMediaType: null, configDigest: null, subjectDigest: null };
  const set = [{ name: 'latest', digest, actor, change: 'new' as const }];
  const change = {
    registryId,
    fullName,
    repositoryId: null,
    plan: { set, missing: [], lacking: [], seen: [], remove: [] },
    manifests: [{ ...image, ...none, annotations: {}, children: [] }],
    gone: [],
    overtaken: [],
    learnedFrom: 'event' as const,
    restorable: null,
    proves: { names: null, digests: null },
  };
  for (let tries = 0; ; tries++) {
    try {
      await api.database.sql.transaction((sql) => applyChanges(sql, [change]));
      return;
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}

it('a user, or a team, that is deleted while something is pushed: the image is there, and its author by name', async () => {
  const registryId = await value<number>('SELECT id FROM registries LIMIT 1');
  for (let round = 0; round < ROUNDS * 2; round++) {
    const person = await api.person(`pusher${round}`);
    const mate = await api.person(`mate${round}`);
    const team = (await api.post<{ id: number }>('/teams', { name: `t${round}` }, { as: mate })).body.id;
    await api.post('/namespaces', { name: `space${round}`, team: `t${round}` }, { as: mate });
    const images = [`pusher${round}/app`, `space${round}/app`];
    const [deleted, ofTeam] = await Promise.all([
      api.delete(`/users/${person.id}`),
      api.delete(`/teams/${team}`, { as: mate }),
      ...images.map((image) => write(registryId, image, person.username)),
    ]);
    expect(deleted.status).toBe(204);
    // 202: there was an image by then, and workers go on with it.
    expect([202, 204]).toContain(ofTeam.status);
    const rows = await api.database.sql.query<{ username: string; author: number | null; hidden: boolean }>(
      `SELECT g.username, g.author_id AS author, t.hidden FROM tags g JOIN repositories p ON p.id = g.repository_id
         JOIN namespaces n ON n.id = p.namespace_id JOIN teams t ON t.id = n.team_id
        WHERE p.full_name = ANY($1) ORDER BY p.full_name`,
      [images],
    );
    expect(rows.map(({ username }) => username)).toEqual([person.username, person.username]);
    expect(rows.map(({ author }) => author)).toEqual([null, null]);
    expect(rows[0]!.hidden).toBe(true);
  }
});
