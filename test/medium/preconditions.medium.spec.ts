import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiInProcess, type Said } from '../support/api-in-process.js';

type Team = { id: number; name: string; description: string };

let api: ApiInProcess;
let id: number;
let made = 0;
beforeAll(async () => {
  api = await ApiInProcess.start();
});
afterAll(() => api.stop());
beforeEach(async () => {
  id = (await api.post<Team>('/teams', { name: `team-${(made += 1)}` })).body.id;
});

const tagOf = (said: Said<unknown>): string => String(said.headers['etag']);
const etag = async (path: string): Promise<string> => tagOf(await api.get(path));
const describeTeam = (description: string, ifMatch?: string) =>
  api.put<Team & { code: string }>(
    `/teams/${id}`,
    { team: { description } },
    { headers: ifMatch === undefined ? {} : { 'if-match': ifMatch } },
  );

describe('If-None-Match', () => {
  it('is answered 304 without a body until something changes', async () => {
    const first = await api.get(`/teams/${id}`);
    const known = { headers: { 'if-none-match': `"other", W/${tagOf(first)}` } };
    const again = await api.get(`/teams/${id}`, known);
    expect([again.status, again.body, tagOf(again)]).toEqual([304, '', tagOf(first)]);
    await describeTeam('new');
    expect((await api.get(`/teams/${id}`, known)).status).toBe(200);
    expect((await api.get(`/teams/${id}`, { headers: { 'if-none-match': '*' } })).status).toBe(304);
  });

  it('works for what has no version too, and is refused when it is no list of tags', async () => {
    const first = await api.get('/session');
    expect(tagOf(first)).toMatch(/^W\//);
    expect((await api.get('/session', { headers: { 'if-none-match': tagOf(first) } })).status).toBe(304);
    for (const header of ['', 'abc', '"a" "b"', '"a', '"a",,"b'])
      expect((await api.get('/session', { headers: { 'if-none-match': header } })).status).toBe(400);
  });
});

describe('If-Match', () => {
  it('lets a change pass that was meant for the present version, and answers the next one', async () => {
    const put = await describeTeam('one', await etag(`/teams/${id}`));
    expect(put.status).toBe(200);
    expect(tagOf(put)).toBe(await etag(`/teams/${id}`));
    expect((await describeTeam('two', tagOf(put))).status).toBe(200);
    expect((await describeTeam('three', '*')).status).toBe(200);
  });

  it('refuses with 412 what was meant for another version, also when nothing would change', async () => {
    const old = await etag(`/teams/${id}`);
    await describeTeam('one');
    for (const header of [old, '"nonsense"', `W/${await etag(`/teams/${id}`)}`]) {
      expect(await describeTeam('one', header)).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
    }
    expect((await api.delete(`/teams/${id}`, { headers: { 'if-match': old } })).status).toBe(412);
    expect((await api.get<Team>(`/teams/${id}`)).body.description).toBe('one');
    expect((await api.delete(`/teams/${id}`, { headers: { 'if-match': await etag(`/teams/${id}`) } })).status).toBe(
      204,
    );
  });

  it('tells strangers nothing: what is hidden from them is 404', async () => {
    const stranger = await api.person(`stranger-${made}`);
    const options = { as: stranger, headers: { 'if-match': '"x"' } };
    expect((await api.put(`/teams/${id}`, { team: { description: 'x' } }, options)).status).toBe(404);
    expect((await api.put('/teams/999999', { team: { description: 'x' } }, options)).status).toBe(404);
  });

  it('is 412 where nothing has a version', async () => {
    const options = { headers: { 'if-match': '"x"' } };
    expect((await api.post('/teams', { name: 'never' }, options)).status).toBe(412);
    expect((await api.get<Team[]>('/teams?all=true')).body.map(({ name }) => name)).not.toContain('never');
  });

  it('lets one of many pass that come at the same time with the same version', async () => {
    const tag = await etag(`/teams/${id}`);
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => describeTeam(`by ${i}`, tag)));
    const passed = answers.filter(({ status }) => status === 200);
    expect(passed).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(11);
    expect((await api.get<Team>(`/teams/${id}`)).body.description).toBe(passed[0]!.body.description);
  });

  it('is compared in the transaction of the change: whoever holds the row decides', async () => {
    const tag = await etag(`/teams/${id}`);
    let put: Promise<Said<unknown>> | undefined;
    await api.database.sql.transaction(async (sql) => {
      await sql.query(`UPDATE teams SET description = 'from beside' WHERE id = $1`, [id]);
      put = describeTeam('late', tag);
      // It waits for the row: nothing is answered before this transaction ends.
      const first = await Promise.race([put, waitingFor(api, 'FOR NO KEY UPDATE')]);
      expect(first).toBe('waits');
    });
    expect((await put!).status).toBe(412);
    expect((await api.get<Team>(`/teams/${id}`)).body.description).toBe('from beside');
  });
});

describe('what has a version', () => {
  type Hook = { id: number; name: string };
  let space: number;
  beforeEach(async () => {
    space = (await api.post<{ id: number }>('/namespaces', { name: `space-${made}`, team: `team-${made}` })).body.id;
  });

  const bound = async (path: string) => ({ headers: { 'if-match': await etag(path) } });

  it('webhooks: an update, a switch and a deletion pass with the present version only', async () => {
    const url = 'https://hooks.test/ci';
    const hooks = `/namespaces/${space}/webhooks`;
    const path = `${hooks}/${(await api.post<Hook>(hooks, { webhook: { url } })).body.id}`;
    const old = await bound(path);
    const put = await api.put<Hook>(path, { webhook: { name: 'ci' } }, old);
    expect([put.status, tagOf(put)]).toEqual([200, await etag(path)]);
    expect((await api.put(path, { webhook: { name: 'late' } }, old)).status).toBe(412);
    expect((await api.put(`${path}/toggle_enabled`, undefined, old)).status).toBe(412);
    expect((await api.delete(path, old)).status).toBe(412);
    expect((await api.get<Hook>(path)).body.name).toBe('ci');
    const seen = await bound(path);
    // A worker takes it, and seals its secrets anew: nobody changed it.
    await api.database.sql.query(
      `UPDATE webhooks SET holder = gen_random_uuid(), expires_at = now(), served_at = now(), secret = 'anew'`,
    );
    expect((await api.put(`${path}/toggle_enabled`, undefined, seen)).status).toBe(200);
    expect((await api.delete(path, await bound(path))).status).toBe(204);
  });

  it('webhooks: a password that is set makes a new version', async () => {
    const hooks = `/namespaces/${space}/webhooks`;
    const { id: hook } = (await api.post<Hook>(hooks, { webhook: { url: 'https://hooks.test/ci', username: 'a' } }))
      .body;
    const old = await bound(`${hooks}/${hook}`);
    expect((await api.put(`${hooks}/${hook}`, { webhook: { password: 'other' } })).status).toBe(200);
    expect((await api.delete(`${hooks}/${hook}`, old)).status).toBe(412);
  });

  it.each(['namespaces', 'repositories'] as const)('%s: so does their deletion', async (kind) => {
    const [repository] = await api.database.sql.query<{ id: number }>(
      `INSERT INTO repositories (registry_id, namespace_id, full_name, name)
       SELECT registry_id, id, name || '/app', 'app' FROM namespaces WHERE id = $1 RETURNING id`,
      [space],
    );
    const [path, change] =
      kind === 'namespaces'
        ? [`/namespaces/${space}`, { namespace: { description: 'new' } }]
        : [`/repositories/${repository!.id}`, { repository: { description: 'new' } }];
    const old = await bound(path);
    expect((await api.put(path, change)).status).toBe(200);
    expect((await api.delete(path, old)).status).toBe(412);
    const deletions = () =>
      api.database.value<number>('SELECT count(*)::int FROM deletions WHERE name LIKE $1', [`space-${made}%`]);
    expect(await deletions()).toBe(0);
    const passed = await api.delete(path, await bound(path));
    expect([passed.status, passed.headers['etag']]).toEqual([202, undefined]);
    expect(await deletions()).toBe(1);
  });

  it('tags: a tag that moved stays, and that is known before the registry is asked for anything', async () => {
    await api.database.sql.query(
      `WITH p AS (INSERT INTO repositories (registry_id, namespace_id, full_name, name)
                  SELECT registry_id, id, name || '/app', 'app' FROM namespaces WHERE id = $1 RETURNING id),
            m AS (INSERT INTO manifests (repository_id, digest, media_type, size, manifest_size)
                  SELECT p.id, d, 'application/vnd.oci.image.manifest.v1+json', 1, 1
                    FROM p, unnest($2::text[]) d RETURNING id, repository_id)
       INSERT INTO tags (repository_id, name, manifest_id) SELECT repository_id, 'v1', min(id) FROM m GROUP BY 1`,
      [space, ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`)],
    );
    const tag = await api.database.value<number>('SELECT max(id) FROM tags');
    const old = await bound(`/tags/${tag}`);
    await api.database.sql.query('UPDATE tags SET manifest_id = manifest_id + 1 WHERE id = $1', [tag]);
    expect((await api.delete(`/tags/${tag}`, old)).status).toBe(412);
    const stranger = await api.person(`nobody-${made}`);
    expect((await api.delete(`/tags/${tag}`, { ...old, as: stranger })).status).toBe(404);
    // The registry of these tests answers nothing: whatever was let through to it is a 503.
    expect((await api.delete(`/tags/${tag}`, await bound(`/tags/${tag}`))).status).toBe(503);
    expect((await api.delete(`/tags/${tag}`)).status).toBe(503);
  });
});

it('without If-Match no change of several at once is lost either', async () => {
  const name = `renamed-${made}`;
  const answers = await Promise.all([
    ...Array.from({ length: 5 }, (_, i) => describeTeam(`by ${i}`)),
    api.put(`/teams/${id}`, { team: { name } }),
    ...Array.from({ length: 5 }, (_, i) => describeTeam(`then by ${i}`)),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const { body } = await api.get<Team>(`/teams/${id}`);
  // Who changes the description alone must not bring the former name back.
  expect(body.name).toBe(name);
  expect(body.description).toMatch(/by \d/);
});

/** Resolves when some connection of this database waits for a lock with such a statement. */
async function waitingFor(of: ApiInProcess, statement: string): Promise<'waits'> {
  for (;;) {
    const waiting = await of.database.value<number>(
      `SELECT count(*)::int FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'`,
      [statement],
    );
    if (waiting > 0) return 'waits';
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
