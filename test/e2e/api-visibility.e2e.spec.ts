import { beforeAll, expect, it, vi } from 'vitest';
import { buildImage } from '../factories/image.js';
import { pushImage } from '../support/push-image.js';
import { metric } from '../support/metrics.js';
import { scenes } from '../support/scenes.js';
import type { Speaker, TestUser } from '../support/stack-handle.js';
import { createTeamNamespace } from '../support/world.js';

interface Named {
  id: number;
  name: string;
  full_name?: string;
}

const REPOSITORIES = ['app', 'alice/own', 'bob/own', 'crew/app', 'open/app', 'guarded/app', 'foreign/app', 'made/app'];
const LISTS = ['/namespaces', '/repositories'] as const;

/** What anybody may see: what is public, what is protected (to who is signed in), and what a membership opens. */
const SEEN: Record<string, string[]> = {
  admin: REPOSITORIES,
  alice: ['app', 'alice/own', 'crew/app', 'open/app', 'guarded/app'],
  bob: ['app', 'bob/own', 'open/app', 'guarded/app'],
};

scenes('what people see in the API', { flavours: ['2.8'] }, (house) => {
  const people: Record<string, NonNullable<Speaker>> = {};

  beforeAll(async () => {
    const stack = house();
    people['admin'] = stack.admin;
    for (const name of ['alice', 'bob']) people[name] = await stack.createUser(name, `password of ${name}`);
    await createTeamNamespace(stack, 'crew', [{ userId: (people['alice'] as TestUser).id, role: 'viewer' }]);
    await createTeamNamespace(stack, 'open', [], 'public');
    await createTeamNamespace(stack, 'guarded', [], 'protected');
    await createTeamNamespace(stack, 'foreign', []);
    for (const repository of REPOSITORIES) {
      const token = await stack.signToken([{ type: 'repository', name: repository, actions: ['pull', 'push'] }]);
      await pushImage({ url: stack.registry.url, repository, token }, 'v1', buildImage({ seed: repository }));
    }
    await stack.untilEqual();
  });

  it.each(Object.entries(SEEN))('%s sees just what the rights allow', async (name, expected) => {
    const { body, headers } = await house().get<Named[]>('/repositories?per_page=100', { as: people[name]! });
    expect(body.map((one) => one.full_name).toSorted()).toEqual(expected.toSorted());
    expect(headers.get('x-total')).toBe(String(expected.length));
  });

  it.each(Object.keys(SEEN))('%s finds in the lists just what a single question answers', async (name) => {
    const as = people[name]!;
    for (const list of LISTS) {
      const all = (await house().get<Named[]>(`${list}?all=true`)).body;
      const mine = new Set((await house().get<Named[]>(`${list}?all=true`, { as })).body.map((one) => one.id));
      for (const { id, name: label } of all) {
        const { status } = await house().get(`${list}/${id}`, { as });
        expect(`${label} ${status}`).toBe(`${label} ${mine.has(id) ? 200 : 404}`);
      }
    }
  });

  it.each(Object.keys(SEEN))('%s reaches tags only through repositories that are shown', async (name) => {
    const as = people[name]!;
    const all = (await house().get<Named[]>('/repositories?all=true')).body;
    for (const { id, full_name: fullName = '' } of all) {
      const visible = SEEN[name]!.includes(fullName);
      const tags = await house().get<Named[]>(`/repositories/${id}/tags`, { as });
      expect(tags.status, fullName).toBe(visible ? 200 : 404);
      const [tag] = (await house().get<Named[]>(`/repositories/${id}/tags`)).body;
      expect((await house().get(`/tags/${tag!.id}`, { as })).status, fullName).toBe(visible ? 200 : 404);
    }
  });

  it('a namespace lists its repositories to those that may see it', async () => {
    const all = (await house().get<Named[]>('/namespaces?all=true')).body;
    const crew = all.find((one) => one.name === 'crew')!;
    const seen = await house().get<Named[]>(`/namespaces/${crew.id}/repositories`, { as: people['alice']! });
    expect(seen.body.map((one) => one.full_name)).toEqual(['crew/app']);
    expect((await house().get(`/namespaces/${crew.id}/repositories`, { as: people['bob']! })).status).toBe(404);
  });

  it('a push into no namespace makes it, private', async () => {
    const all = (await house().get<(Named & { visibility: string })[]>('/namespaces?all=true')).body;
    expect(all.find((one) => one.name === 'made')).toMatchObject({ visibility: 'private', global: false });
    expect(all.filter((one) => one.name === house().registryHost)).toMatchObject([
      { global: true, visibility: 'public' },
    ]);
  });

  it('tags of everything are for administrators', async () => {
    expect((await house().get<Named[]>('/tags?all=true')).body).toHaveLength(REPOSITORIES.length);
    expect((await house().get('/tags', { as: people['alice']! })).status).toBe(403);
  });

  it.each(['/namespaces/99999', '/repositories/99999', '/repositories/99999/tags', '/tags/99999', '/users/99999'])(
    'answers 404 for %s',
    async (path) => {
      expect(await house().get(path)).toMatchObject({ status: 404, body: { message: 'Not found', code: 'not_found' } });
    },
  );

  it('only owners and administrators change a visibility, and the global one is never private', async () => {
    const all = (await house().get<(Named & { global: boolean })[]>('/namespaces?all=true')).body;
    const idOf = (name: string): number => all.find((one) => (name === '' ? one.global : one.name === name))!.id;
    const change = (name: string, visibility: string, who: string) =>
      house().put(`/namespaces/${idOf(name)}`, { namespace: { visibility } }, { as: people[who]! });
    expect((await change('crew', 'public', 'alice')).status).toBe(403);
    expect((await change('foreign', 'public', 'alice')).status).toBe(404);
    expect((await change('', 'private', 'admin')).status).toBe(422);
    expect((await change('bob', 'protected', 'bob')).body).toMatchObject({ name: 'bob', visibility: 'protected' });
    const seen = await house().get<Named[]>('/repositories?all=true', { as: people['alice']! });
    expect(seen.body.map((one) => one.full_name)).toContain('bob/own');
  });

  it('search finds what the lists show, and visitors find what is public', async () => {
    const find = async (who: string, text: string) => {
      const path = `/search?type=repository&search=${text}`;
      return (await house().get<Named[]>(path, { as: people[who]! })).body.map((one) => one.name).toSorted();
    };
    for (const who of Object.keys(SEEN)) {
      const listed = (await house().get<Named[]>('/repositories?all=true', { as: people[who]! })).body;
      const expected = listed.map((one) => one.full_name!).filter((name) => name.includes('own'));
      expect(await find(who, 'own'), who).toEqual(expected.toSorted());
    }
    const visible = await house().get<{ visibility: string }[]>('/explore', { as: null });
    expect(visible.body.length).toBeGreaterThan(0);
    expect(visible.body.every((one) => one.visibility === 'public')).toBe(true);
    expect((await house().get('/search?search=own', { as: null })).status).toBe(401);
    expect((await house().get('/search?search=', { as: people['bob']! })).status).toBe(400);
  });

  it('people star and comment what they may see, and owners describe it', async () => {
    const all = (await house().get<Named[]>('/repositories?all=true')).body;
    const own = `/repositories/${all.find((one) => one.full_name === 'bob/own')!.id}`;
    const [alice, bob] = [{ as: people['alice']! }, { as: people['bob']! }];
    await Promise.all([1, 2, 3].map(() => house().put(`${own}/star`, {}, alice)));
    expect((await house().get(own, alice)).body).toMatchObject({ stars: 1, starred: true });
    expect((await house().get(own, bob)).body).toMatchObject({ stars: 1, starred: false });
    await house().delete(`${own}/star`, alice);
    expect((await house().get(own, alice)).body).toMatchObject({ stars: 0, starred: false });
    const foreign = all.find((one) => !SEEN['alice']!.includes(one.full_name!) && one.full_name !== 'bob/own')!;
    expect((await house().put(`/repositories/${foreign.id}/star`, {}, alice)).status).toBe(404);

    const say = (body: string) => house().post<Named>(`${own}/comments`, { comment: { body } }, alice);
    expect((await say(' ')).status).toBe(400);
    const said = await say('nice <b>image</b>');
    expect(said).toMatchObject({ status: 201, body: { body: 'nice <b>image</b>', author: { name: 'alice' } } });
    const seen = await house().get(`${own}/comments`, bob);
    expect(seen.body).toMatchObject([{ body: 'nice <b>image</b>', destroyable: false }]);
    const remove = (who: object) => house().delete(`${own}/comments/${said.body.id}`, who);
    expect((await remove(bob)).status).toBe(403);
    expect((await remove(alice)).status).toBe(204);
    expect((await remove(alice)).status).toBe(404);

    const describe = (who: object) => house().put(own, { repository: { description: '# Mine' } }, who);
    expect((await describe(alice)).status).toBe(403);
    expect((await describe(bob)).body).toMatchObject({ description: '# Mine' });
  });

  it('the activities tell of a change to those whom it concerns, also as CSV', async () => {
    interface Told {
      key: string;
      owner: { name: string };
      trackable: { name: string };
      address: string | null;
      parameters: unknown;
    }
    const told = async (who: string) =>
      (await house().get<Told[]>('/activities?key=namespace.change_visibility', { as: people[who]! })).body;
    const change = {
      owner: { name: 'bob' },
      trackable: { name: 'bob' },
      parameters: { before: { visibility: 'private' }, after: { visibility: 'protected' } },
    };
    expect(await told('admin')).toMatchObject([{ ...change, address: '127.0.0.1' }]);
    expect(await told('bob')).toMatchObject([change]);
    expect(await told('alice')).toEqual([]);
    const credentials = Buffer.from(`admin:${house().adminPassword}`).toString('base64');
    const headers = { authorization: `Basic ${credentials}` };
    const csv = await fetch(`${house().url}/api/v1/activities/csv`, { headers });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    const [header, ...lines] = (await csv.text()).split('\r\n');
    expect(header).toBe('Tracked item,Item,Event,Recipient,Triggered by,Time,Notes');
    expect(lines).toContainEqual(expect.stringMatching(/^namespace,bob,change_visibility,,bob,/));
  });
});

const PATIENCE = { timeout: 20_000, interval: 200 };

scenes('health and description of the API', { flavours: ['2.8'] }, (house) => {
  const plain = async (path: string) => {
    const answer = await fetch(`${house().url}${path}`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('answers pings without any question', async () => {
    for (const path of ['/_ping', '/api/v1/_ping']) expect(await plain(path)).toMatchObject({ status: 200 });
  });

  it('tells of each part how it is, and of a registry that is away', async () => {
    const healthy = await plain('/api/v1/health');
    expect(healthy.status).toBe(200);
    expect(Object.keys(healthy.body)).toEqual(expect.arrayContaining(['database', 'registry', 'queue']));
    // The look around has asked the registry, whose answer tells its clock.
    const clocks = async () => (await house().get<{ clock: object }[]>('/registries')).body[0]?.clock;
    await vi.waitFor(async () => expect(await clocks()).toMatchObject({ off: 'none' }), PATIENCE);
    expect(healthy.body['clocks']).toMatchObject({ status: 'up' });
    expect(await metric(house().api, 'portus_registry_clock_ahead_seconds')).not.toBeNull();
    await house().registry.stop();
    // One look around serves everybody for a while.
    const ill = { status: 503, body: { registry: { success: false }, database: { success: true } } };
    await vi.waitFor(async () => expect(await plain('/api/v1/health')).toMatchObject(ill), PATIENCE);
    expect((await plain('/_health')).status).toBe(200);
    await house().registry.start();
    await vi.waitFor(async () => expect((await plain('/api/v1/health')).status).toBe(200), PATIENCE);
  });

  it('describes itself', async () => {
    const { status, body } = await plain('/api/openapi.json');
    expect(status).toBe(200);
    expect(body['openapi']).toMatch(/^3\./);
    const paths = Object.keys(body['paths'] as object);
    for (const path of ['registries', 'namespaces', 'repositories', 'users']) {
      expect(paths).toContain(`/api/v1/${path}`);
    }
    expect(paths).toEqual(expect.arrayContaining(['/v2/token', '/v2/webhooks/events']));
  });
});
