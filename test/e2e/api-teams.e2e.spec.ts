import { beforeAll, expect, it } from 'vitest';
import { scenes } from '../support/scenes.js';
import type { Speaker, TestUser } from '../support/stack-handle.js';

interface Team {
  id: number;
  name: string;
}
interface Member {
  id: number;
  user_id: number;
  role: string;
}
interface Namespace {
  id: number;
  name: string;
  team: { name: string };
  visibility: string;
}

scenes('teams and namespaces of the API', { flavours: ['2.8'], stack: { workers: 0 } }, (house) => {
  let alice: TestUser;
  let bob: TestUser;
  let team: Team;
  beforeAll(async () => {
    alice = await house().createUser('alice', 'password of alice');
    bob = await house().createUser('bob', 'password of bob');
    team = (await house().post<Team>('/teams', { name: 'crew', description: 'us' }, { as: alice })).body;
  });

  const members = async () => (await house().get<Member[]>(`/teams/${team.id}/members`)).body;
  const memberOf = async (user: TestUser) => (await members()).find((one) => one.user_id === user.id)!;
  const add = (user: string, role: string, as: Speaker = alice) =>
    house().post<Member>(`/teams/${team.id}/members`, { user, role }, { as });
  const newNamespace = (name: string, of = 'crew', as: Speaker = alice) =>
    house().post<Namespace>('/namespaces', { name, team: of }, { as });

  it('who makes a team owns it; others do not know of it', async () => {
    const seen = await house().get<Team>(`/teams/${team.id}`, { as: alice });
    expect(seen.body).toMatchObject({
      name: 'crew',
      role: 'owner',
      users_count: 1,
      updatable: true,
      destroyable: true,
    });
    expect((await house().get(`/teams/${team.id}`, { as: bob })).status).toBe(404);
    expect((await house().get<Team[]>('/teams', { as: bob })).body).toEqual([]);
    expect((await house().get<Team[]>('/teams', { as: alice })).body.map((one) => one.name)).toEqual(['crew']);
    expect((await house().put(`/teams/${team.id}`, { team: { name: 'x' } }, { as: bob })).status).toBe(404);
  });

  it('names are unique in any letters, and only administrators make teams for others', async () => {
    const taken = await house().post('/teams', { name: 'CREW' }, { as: bob });
    expect(taken).toMatchObject({ status: 422, body: { message: { name: ['has already been taken'] } } });
    const forBob = (as: Speaker) => house().post<Team>('/teams', { name: 'gift', owner_id: bob.id }, { as });
    expect((await forBob(alice)).status).toBe(403);
    const gift = await forBob(house().admin);
    expect(gift.status).toBe(201);
    expect((await house().get(`/teams/${gift.body.id}`, { as: bob })).body).toMatchObject({ role: 'owner' });
    expect((await house().post('/teams', { name: 'none', owner_id: 99_999 })).status).toBe(404);
  });

  it('members are memberships and show no mail; administrators of Portus become owners', async () => {
    expect((await add('bob', 'viewer')).body).toMatchObject({ user_id: bob.id, username: 'bob', role: 'viewer' });
    expect((await add('bob', 'viewer')).status).toBe(422);
    expect((await add('nobody', 'viewer')).status).toBe(404);
    expect((await add('portus', 'viewer')).status).toBe(404);
    expect((await add('bob', 'king')).status).toBe(400);
    expect((await add('admin', 'viewer')).body).toMatchObject({ role: 'owner' });
    const listed = await house().get<Member[]>(`/teams/${team.id}/members`, { as: bob });
    expect(listed.body).toHaveLength(3);
    expect(JSON.stringify(listed.body)).not.toContain('example.test');
    expect((await add('alice', 'owner', bob)).status).toBe(403);
    const admin = (await members()).find((one) => one.user_id !== bob.id && one.user_id !== alice.id)!;
    const demoted = await house().put(`/teams/${team.id}/members/${admin.id}`, { role: 'viewer' }, { as: alice });
    expect(demoted.status).toBe(422);
    expect((await house().delete(`/teams/${team.id}/members/${admin.id}`, { as: alice })).status).toBe(204);
  });

  it('a team keeps an owner, also when two leave at the same time', async () => {
    const own = await memberOf(alice);
    const path = (member: Member) => `/teams/${team.id}/members/${member.id}`;
    expect((await house().delete(path(own), { as: alice })).status).toBe(422);
    expect((await house().put(path(own), { role: 'viewer' }, { as: alice })).status).toBe(422);
    const other = await memberOf(bob);
    expect((await house().put(path(other), { role: 'owner' }, { as: alice })).status).toBe(200);
    const left = await Promise.all([own, other].map((member) => house().delete(path(member))));
    expect(left.map((answer) => answer.status).toSorted()).toEqual([204, 422]);
    const owners = (await members()).filter((one) => one.role === 'owner');
    expect(owners).toHaveLength(1);
    for (const name of ['alice', 'bob']) await add(name, 'owner', house().admin);
    expect((await members()).filter((one) => one.role === 'owner')).toHaveLength(2);
  });

  it('a namespace is made private for a team in which one may push, in its turn with a legal and free name', async () => {
    const made = await newNamespace('stuff');
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'stuff', team: { name: 'crew' }, visibility: 'private', global: false });
    expect((await newNamespace('stuff')).status).toBe(422);
    for (const bad of ['Upper', 'a/b', 'a..b', '-a']) expect((await newNamespace(bad)).status).toBe(422);
    expect((await newNamespace('a--b')).status).toBe(201);
    expect((await newNamespace('c', 'gift', alice)).status).toBe(404);
    await house().put(`/teams/${team.id}/members/${(await memberOf(bob)).id}`, { role: 'viewer' }, { as: alice });
    expect((await newNamespace('c', 'crew', bob)).status).toBe(403);
    const validate = async (name: string) =>
      (await house().get<{ valid: boolean }>(`/namespaces/validate?name=${name}`, { as: bob })).body.valid;
    expect([await validate('free'), await validate('stuff'), await validate('UP')]).toEqual([true, false, false]);
    const owned = await house().get<Namespace[]>(`/teams/${team.id}/namespaces`, { as: bob });
    expect(owned.body.map((one) => one.name)).toEqual(['stuff', 'a--b']);
  });

  it('describes, opens and hands over, and never renames', async () => {
    const all = (await house().get<Namespace[]>('/namespaces?all=true')).body;
    const stuff = all.find((one) => one.name === 'stuff')!;
    const change = (namespace: object, as: Speaker = alice) =>
      house().put(`/namespaces/${stuff.id}`, { namespace }, { as });
    const renamed = await change({ name: 'other' });
    expect(renamed).toMatchObject({ status: 422 });
    expect(JSON.stringify(renamed.body)).toContain('old path');
    expect((await change({ ...stuff, description: 'ours' })).body).toMatchObject({
      description: 'ours',
      name: 'stuff',
    });
    expect((await change({ description: 'mine' }, bob)).status).toBe(403);
    expect((await change({ visibility: 'sesame' })).status).toBe(400);
    expect((await change({ team: 'gift' })).status).toBe(404);
    expect((await change({ team: 'gift' }, house().admin)).body).toMatchObject({ team: { name: 'gift' } });
    expect((await change({ team: 'crew' }, house().admin)).body).toMatchObject({ team: { name: 'crew' } });
    const personal = all.find((one) => one.name === 'alice')!;
    const given = await house().put(`/namespaces/${personal.id}`, { namespace: { team: 'crew' } }, { as: alice });
    expect(given.status).toBe(422);
  });

  it('a team that goes hands its namespaces, with their images, to another one of the caller', async () => {
    const old = (await house().post<Team>('/teams', { name: 'old' }, { as: alice })).body;
    const kept = (await newNamespace('kept', 'old')).body;
    await house().sql(
      `INSERT INTO repositories (registry_id, namespace_id, name, full_name)
       SELECT registry_id, id, 'app', 'kept/app' FROM namespaces WHERE id = $1`,
      [kept.id],
    );
    const remove = (body: object) => house().delete(`/teams/${old.id}`, { as: alice, body });
    expect((await remove({ new_team: 'old' })).status).toBe(422);
    expect((await remove({ new_team: 'gift' })).status).toBe(404);
    expect((await remove({ new_team: 'crew' })).status).toBe(204);
    expect((await house().get(`/namespaces/${kept.id}`, { as: alice })).body).toMatchObject({ team: { name: 'crew' } });
    expect((await house().get(`/teams/${old.id}`, { as: alice })).status).toBe(404);
    const told = await house().get<{ key: string }[]>('/activities?trackable_type=team&per_page=1', { as: alice });
    expect(told.body).toMatchObject([
      { key: 'team.migration', parameters: { new_team: 'crew', namespaces: ['kept'] } },
    ]);
  });
});

const CLOSED = Object.fromEntries(
  ['CREATE_TEAM', 'MANAGE_TEAM', 'CREATE_NAMESPACE', 'MANAGE_NAMESPACE', 'CHANGE_VISIBILITY'].map((name) => [
    `PORTUS_USER_PERMISSION_${name}_ENABLED`,
    'false',
  ]),
);

scenes('a site whose users may change nothing', { flavours: ['2.8'], stack: { workers: 0, env: CLOSED } }, (house) => {
  it('leaves everything to administrators', async () => {
    const alice = await house().createUser('alice', 'password of alice');
    expect((await house().post('/teams', { name: 'crew' }, { as: alice })).status).toBe(403);
    const team = (await house().post<Team>('/teams', { name: 'crew', owner_id: alice.id })).body;
    expect((await house().put(`/teams/${team.id}`, { team: { name: 'x' } }, { as: alice })).status).toBe(403);
    expect((await house().post('/namespaces', { name: 'n', team: 'crew' }, { as: alice })).status).toBe(403);
    const made = (await house().post<Namespace>('/namespaces', { name: 'n', team: 'crew' })).body;
    const change = (namespace: object, as: Speaker) => house().put(`/namespaces/${made.id}`, { namespace }, { as });
    for (const changes of [{ visibility: 'public' }, { description: 'x' }]) {
      expect((await change(changes, alice)).status).toBe(403);
      expect((await change(changes, house().admin)).status).toBe(200);
    }
  });
});
