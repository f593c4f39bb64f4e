import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeletionRunner } from '#catalog/deletion-runner.js';
import { ActivitiesRepository } from '#persistence/activities.repository.js';
import { applyChanges } from '#persistence/apply-changes.js';
import { DeletionWorkRepository } from '#persistence/deletion-work.repository.js';
import { DeletionsRepository, type NewDeletion, type NewItem } from '#persistence/deletions.repository.js';
import { FakeRegistry } from '../fakes/registry.js';
import { errorReply } from '../fakes/registry/reply.js';
import { pageBy } from '../support/pages.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { deletionRunner, digestOf, hurryDeletions, teamNamespace } from '../support/deletion-bench.js';
import { until } from '../support/until.js';

let bench: CatalogBench;
let deletions: DeletionsRepository;
beforeAll(async () => {
  bench = await CatalogBench.create();
  deletions = new DeletionsRepository(bench.database.sql);
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const runner = () => deletionRunner(bench);
const hurry = () => hurryDeletions(bench);
const namespaceId = () => teamNamespace(bench);

async function ask(items: Partial<NewItem>[], more: Partial<NewDeletion> = {}): Promise<number> {
  const made = {
    kind: 'tags',
    name: 'some',
    namespaceId: null,
    teamId: null,
    slot: null,
    actorId: 7,
    actor: 'bob',
    moveShared: false,
  };
  const all = items.map((item) => {
    return { registryId: bench.registry.id, fullName: 'team/app', tag: null, digest: null, because: null, ...item };
  });
  const id = await deletions.create(bench.database.sql, { ...(made as NewDeletion), ...more }, all);
  if (id === null) throw new Error('there is one already');
  return id;
}

const statesOf = async (id: number) => (await deletions.items(id, pageBy('id'))).items.map((item) => item.state);

describe(DeletionRunner.name, () => {
  it('deletes tags one by one, notes what became of each, and tells the audit log', async () => {
    for (const seed of ['a', 'b', 'c']) bench.fake.putImage('team/app', seed, { seed });
    await bench.handleEvents();
    bench.fake.putImage('team/app', 'b', { seed: 'new' });
    const id = await ask(['a', 'b', 'gone'].map((tag) => ({ tag, digest: digestOf(tag) })));
    await runner().ring();
    expect(await statesOf(id)).toEqual(['removed', 'moved', 'absent']);
    expect(await deletions.find(id)).toMatchObject({ state: 'incomplete', total: 3, gone: 2, failed: 1 });
    expect(Object.keys(bench.held()['team/app']!).toSorted()).toEqual(['b', 'c']);
    const told = await bench.database.sql.query('SELECT key, actor_id, subject_name FROM activities');
    expect(told).toEqual([{ key: 'tag.delete', actor_id: 7, subject_name: 'team/app:a' }]);
  });

  it('goes on where it was when the registry fails, or the worker dies', async () => {
    for (const seed of ['a', 'b', 'c']) bench.fake.putImage('team/app', seed, { seed });
    await bench.handleEvents();
    const id = await ask(['a', 'b', 'c'].map((tag) => ({ tag, digest: digestOf(tag) })));
    let deletes = 0;
    bench.fake.fault = ({ method }) =>
      method === 'DELETE' && ++deletes >= 2 ? errorReply('3', 503, 'UNAVAILABLE', 'no') : undefined;
    await runner().ring();
    expect(await statesOf(id)).toEqual(['removed', 'waiting', 'waiting']);
    expect(await deletions.find(id)).toMatchObject({ state: 'queued' });
    expect(await bench.stored()).toEqual(bench.held());
    bench.fake.fault = null;
    // Another worker had it, and died.
    await bench.database.sql.query(
      `UPDATE deletions SET state = 'running', holder = gen_random_uuid(), expires_at = now() - interval '1 s'`,
    );
    await runner().ring();
    expect(await deletions.find(id)).toMatchObject({ state: 'done', gone: 3 });
    expect(await bench.stored()).toEqual({});
  });

  it('gives up on a registry that never answers, and keeps the rows', async () => {
    bench.fake.putImage('team/app', 'a', { seed: 'a' });
    await bench.handleEvents();
    const id = await ask([{ tag: 'a', digest: digestOf('a') }]);
    await bench.database.sql.query('UPDATE deletions SET attempts = 8');
    bench.fake.fault = ({ method }) => (method === 'DELETE' ? errorReply('3', 503, 'UNAVAILABLE', 'no') : undefined);
    await runner().ring();
    expect(await deletions.find(id)).toMatchObject({ state: 'incomplete', failed: 1 });
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('says that deletes are off at the registry', async () => {
    bench.fake.putImage('team/app', 'a', { seed: 'a' });
    await bench.handleEvents();
    bench.fake.deleteEnabled = false;
    const id = await ask([{}]);
    await runner().ring();
    const [item] = (await deletions.items(id, pageBy('id'))).items;
    expect(item).toMatchObject({ state: 'disabled', reason: 'deletes are switched off at the registry' });
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('removes a namespace with its repositories, and its row last', async () => {
    for (const name of ['team/a', 'team/b']) bench.fake.putImage(name, 'v1', { seed: name });
    bench.fake.putImage('other/a', 'v1');
    await bench.handleEvents();
    const id = await ask([{ fullName: 'team/a' }, { fullName: 'team/b' }], {
      kind: 'namespace',
      namespaceId: await namespaceId(),
    });
    await runner().ring();
    expect(await deletions.find(id)).toMatchObject({ state: 'done', gone: 2 });
    expect(await namespaceId()).toBeUndefined();
    expect(Object.keys(await bench.stored())).toEqual(['other/a']);
  });

  it('keeps a namespace into which something was pushed meanwhile', async () => {
    bench.fake.putImage('team/a', 'v1', { seed: 'a' });
    await bench.handleEvents();
    const id = await ask([{ fullName: 'team/a' }], { kind: 'namespace', namespaceId: await namespaceId() });
    bench.fake.putImage('team/new', 'v1', { seed: 'new' });
    await bench.handleEvents();
    await runner().ring();
    expect(await deletions.find(id)).toMatchObject({ state: 'incomplete' });
    expect(await bench.stored()).toEqual({ 'team/new': { v1: digestOf('new') } });
  });

  describe('of a team', () => {
    const team = () => bench.database.value<number>(`SELECT team_id FROM namespaces WHERE name = 'team'`);
    const rows = (id: number) => bench.database.value<number>('SELECT count(*)::int FROM teams WHERE id = $1', [id]);
    async function askForTeam(): Promise<{ id: number; teamId: number }> {
      const { sql } = bench.database;
      // The namespaces of events belong to the hidden team of the registry.
      const [{ id: teamId } = { id: 0 }] = await sql.query<{ id: number }>(
        `INSERT INTO teams (name) VALUES ('crew') RETURNING id`,
      );
      await sql.query(`UPDATE namespaces SET team_id = $1, kind = 'team' WHERE name IN ('team', 'more')`, [teamId]);
      const made = { kind: 'team', name: 'crew', namespaceId: null, slot: null, actorId: 7, actor: 'bob' } as const;
      const id = await deletions.createOfTeam(sql, { ...made, teamId, moveShared: false });
      return { id, teamId };
    }

    it('takes all its namespaces at the registry, no sibling in others, and the team last', async () => {
      for (const name of ['team/a', 'more/b', 'other/a']) bench.fake.putImage(name, 'v1', { seed: 'the same image' });
      await bench.handleEvents();
      const { id, teamId } = await askForTeam();
      expect(await deletions.find(id)).toMatchObject({ kind: 'team', state: 'queued', total: 2 });
      await runner().ring();
      expect(await deletions.find(id)).toMatchObject({ state: 'done', gone: 2, failed: 0 });
      expect(await rows(teamId)).toBe(0);
      expect(Object.keys(bench.held())).toEqual(['other/a']);
      expect(Object.keys(await bench.stored())).toEqual(['other/a']);
    });

    it('keeps the team, and says why, when something was pushed meanwhile', async () => {
      bench.fake.putImage('team/a', 'v1', { seed: 'a' });
      await bench.handleEvents();
      const { id, teamId } = await askForTeam();
      bench.fake.putImage('team/new', 'v1', { seed: 'new' });
      await bench.handleEvents();
      await runner().ring();
      expect(await deletions.find(id)).toMatchObject({
        state: 'incomplete',
        outcome: expect.stringContaining('so the team stays'),
      });
      expect(await rows(teamId)).toBe(1);
      expect(await team()).toBe(teamId);
    });

    it('that another one has deleted already ends well', async () => {
      bench.fake.putImage('team/a', 'v1', { seed: 'a' });
      await bench.handleEvents();
      const { id } = await askForTeam();
      const [{ teamId: again } = { teamId: 0 }] = await bench.database.sql.query<{ teamId: number }>(
        'SELECT team_id AS "teamId" FROM deletions WHERE id = $1',
        [id],
      );
      const made = { kind: 'team', name: 'crew', namespaceId: null, slot: null, actorId: 7, actor: 'bob' } as const;
      const second = await deletions.createOfTeam(bench.database.sql, { ...made, teamId: again, moveShared: false });
      await runner().ring();
      expect([(await deletions.find(id))!.state, (await deletions.find(second))!.state]).toEqual(['done', 'done']);
    });
  });

  it('goes on at other registries while one of them hangs', async () => {
    const hung = new FakeRegistry();
    await hung.start();
    const { id: registryId } = await bench.addRegistry(hung.hostPort);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    hung.gate = () => released;
    bench.fake.putImage('team/app', 'a', { seed: 'a' });
    await bench.handleEvents();
    await ask([{ registryId, tag: 'a' }]);
    const sut = runner();
    const first = sut.ring();
    try {
      await until('the registry is asked', () => hung.requests.length > 0);
      const id = await ask([{ tag: 'a', digest: digestOf('a') }]);
      await sut.ringFor(10);
      await until('the other one is done', async () => (await deletions.find(id))?.state === 'done');
    } finally {
      const stopped = sut.stop();
      release();
      await stopped;
      await first;
      await hung.stop();
    }
  });

  it.each(['what it did', 'the audit log'])(
    'tells the audit log once, also when it dies before %s is written',
    async (what) => {
      bench.fake.putImage('team/app', 'a', { seed: 'a' });
      await bench.handleEvents();
      const id = await ask([{ tag: 'a', digest: digestOf('a') }]);
      const dying =
        what === 'the audit log'
          ? vi.spyOn(ActivitiesRepository.prototype, 'record').mockRejectedValueOnce(new Error('killed'))
          : vi.spyOn(DeletionWorkRepository.prototype, 'settle').mockRejectedValueOnce(new Error('killed'));
      await runner().ring();
      dying.mockRestore();
      expect(await statesOf(id)).toEqual(['waiting']);
      expect(bench.held()).toEqual({});
      await hurry();
      await runner().ring();
      expect(await statesOf(id)).toEqual(['removed']);
      expect(await bench.database.sql.query('SELECT key, subject_name FROM activities')).toEqual([
        { key: 'tag.delete', subject_name: 'team/app:a' },
      ]);
    },
  );

  it('ends the deletion of a namespace that was gone before it could say so', async () => {
    bench.fake.putImage('team/a', 'v1', { seed: 'a' });
    await bench.handleEvents();
    const id = await ask([{ fullName: 'team/a' }], { kind: 'namespace', namespaceId: await namespaceId() });
    const dying = vi.spyOn(DeletionWorkRepository.prototype, 'finish').mockRejectedValueOnce(new Error('killed'));
    await runner().ring();
    dying.mockRestore();
    expect(await namespaceId()).toBeUndefined();
    await hurry();
    await runner().ring();
    expect(await deletions.find(id)).toMatchObject({ state: 'done' });
  });

  it('waits for whoever writes into the namespace, and never in a circle with it', async () => {
    for (const name of ['team/a', 'team/b']) bench.fake.putImage(name, 'v1', { seed: name });
    await bench.handleEvents();
    const { sql } = bench.database;
    const ids = await sql.query<{ id: number }>('SELECT id FROM repositories ORDER BY id DESC');
    const plan = { set: [], missing: [], lacking: [], seen: [], remove: ['v1'] };
    const change = { registryId: bench.registry.id, plan, manifests: [], gone: [], overtaken: [] };
    const more = {
      fullName: '',
      learnedFrom: 'event',
      restorable: null,
      proves: { names: null, digests: null },
    } as const;
    const work = new DeletionWorkRepository(sql);
    const namespace = await namespaceId();
    const locks = () =>
      bench.database.value<number>(
        `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
    let both: Promise<unknown> = Promise.resolve();
    await sql.transaction(async (first) => {
      await first.query('SELECT FROM repositories WHERE id = $1 FOR UPDATE', [ids[1]!.id]);
      const removal = work.removeNamespace(namespace);
      await until('the removal waits', async () => (await locks()) === 1);
      const writing = sql.transaction((other) =>
        applyChanges(
          other,
          ids.map(({ id }) => ({ ...change, ...more, repositoryId: id })),
        ),
      );
      both = Promise.all([removal, writing]);
      both.catch(() => undefined);
      await until('both wait', async () => (await locks()) === 2);
    });
    await both;
  });

  it('is done by one of several workers', async () => {
    for (const seed of ['a', 'b', 'c', 'd']) bench.fake.putImage('team/app', seed, { seed });
    await bench.handleEvents();
    for (const tag of ['a', 'b', 'c', 'd']) await ask([{ tag, digest: digestOf(tag) }]);
    await Promise.all([runner().ring(), runner().ring(), runner().ring()]);
    const deletes = bench.fake.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
    expect(deletes.toSorted()).toEqual(['a', 'b', 'c', 'd'].map((tag) => `/v2/team/app/manifests/${tag}`));
    expect(await bench.stored()).toEqual({});
  });
});
