import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeletionRunner } from '#catalog/deletion-runner.js';
import { OwnChanges } from '#catalog/own-changes.js';
import { recordGone } from '#catalog/record-gone.js';
import { RepositoryRemover } from '#catalog/repository-remover.js';
import { type PlanPage, Retention, ruleOfSettings } from '#catalog/retention.js';
import { TagAlarms } from '#catalog/tag-alarms.js';
import { TagRemover } from '#catalog/tag-remover.js';
import { ActivitiesRepository } from '#persistence/activities.repository.js';
import { applyChanges } from '#persistence/apply-changes.js';
import { DeletionWorkRepository } from '#persistence/deletion-work.repository.js';
import { DeletionsRepository, type NewDeletion, type NewItem } from '#persistence/deletions.repository.js';
import { ManifestsRepository } from '#persistence/manifests.repository.js';
import { RetentionRulesRepository, type RuleInput } from '#persistence/retention-rules.repository.js';
import { TagAlarmsRepository } from '#persistence/tag-alarms.repository.js';
import { buildImage } from '../factories/image.js';
import { FakeRegistry } from '../fakes/registry.js';
import { errorReply } from '../fakes/registry/reply.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { until } from '../support/until.js';

let bench: CatalogBench;
let deletions: DeletionsRepository;
let rules: RetentionRulesRepository;
beforeAll(async () => {
  bench = await CatalogBench.create();
  deletions = new DeletionsRepository(bench.database.sql);
  rules = new RetentionRulesRepository(bench.database.sql);
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const digestOf = (seed: string) => buildImage({ seed }).manifest.digest;

function runner(): DeletionRunner {
  const own = new OwnChanges(bench.inbox, bench.reconciler());
  const tags = new TagRemover(bench.clients, bench.catalog, new ManifestsRepository(bench.database.sql), own);
  const repositories = new RepositoryRemover(bench.clients, bench.catalog, own);
  const activities = new ActivitiesRepository(bench.database.sql);
  const work = new DeletionWorkRepository(bench.database.sql);
  return new DeletionRunner(work, bench.registries, bench.clients, tags, repositories, (deletion, item, sql) =>
    recordGone(work, activities, deletion, item, sql),
  );
}

async function ask(items: Partial<NewItem>[], more: Partial<NewDeletion> = {}): Promise<number> {
  const made = {
    kind: 'tags',
    name: 'some',
    namespaceId: null,
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

const statesOf = async (id: number) => (await deletions.items(id, 0, 100)).items.map((item) => item.state);
/** Waits for a registry that gave no answer are over. */
const hurry = () => bench.database.sql.query('UPDATE deletions SET expires_at = NULL');
const namespaceId = () => bench.database.value<number>(`SELECT id FROM namespaces WHERE name = 'team'`);

const rule = (more: Partial<RuleInput>): RuleInput => ({
  name: 'rule',
  action: 'drop',
  enabled: true,
  repositoryPattern: '*',
  tagPattern: '*',
  olderThan: null,
  notPulledFor: null,
  keepLatest: null,
  ...more,
});

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
    const [item] = (await deletions.items(id, 0, 10)).items;
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
      proves: { names: false, digests: false },
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

describe(Retention.name, () => {
  const retention = (more: object = {}) =>
    new Retention(bench.database.sql, rules, deletions, {
      deleteEnabled: true,
      moveShared: false,
      rule: null,
      ...more,
    });
  const age = (tag: string, days: number) =>
    bench.database.sql.query(`UPDATE tags SET updated_at = now() - make_interval(days => $2) WHERE name = $1`, [
      tag,
      days,
    ]);

  it('drops in a run what it showed in the plan, once for each period, and leaves what is immutable', async () => {
    for (const seed of ['v1', 'v2', 'v3', 'release-1']) bench.fake.putImage('team/app', seed, { seed });
    await bench.handleEvents();
    for (const [tag, days] of Object.entries({ v1: 40, v2: 35, v3: 1, 'release-1': 90 })) await age(tag, days);
    await rules.create(await namespaceId(), rule({ name: 'old', olderThan: 30 }));
    await rules.create(null, rule({ name: 'releases', action: 'protect', tagPattern: 'release-*' }));
    const { plans } = await retention().plan(null, 0, 10);
    const [plan] = plans;
    const verdicts = plan!.verdicts.map(({ tag, verdict, rule: by }) => [tag, verdict, by?.name]);
    expect(verdicts).toEqual([
      ['release-1', 'keep', 'releases'],
      ['v1', 'drop', 'old'],
      ['v2', 'drop', 'old'],
      ['v3', 'keep', 'old'],
    ]);
    expect(Object.keys(bench.held()['team/app']!)).toHaveLength(4);
    const ids = await Promise.all([1, 2, 3].map(() => retention().request('retention:1')));
    expect(ids.flat()).toHaveLength(1);
    await runner().ring();
    expect(Object.keys(bench.held()['team/app']!).toSorted()).toEqual(['release-1', 'v3']);
    expect(await bench.stored()).toEqual(bench.held());
    expect(await retention().request('retention:2')).toEqual([]);
    const actors = await bench.database.sql.query(
      "SELECT DISTINCT actor_name, details ->> 'rule' AS rule FROM activities",
    );
    expect(actors).toEqual([{ actor_name: 'portus', rule: 'old' }]);
  });

  it('applies the rule of the settings to each repository by itself', async () => {
    for (const name of ['team/a', 'team/b'])
      for (const seed of ['v1', 'v2', 'x']) bench.fake.putImage(name, seed, { seed: name + seed });
    await bench.handleEvents();
    for (const [tag, days] of Object.entries({ v1: 60, v2: 50, x: 70 })) await age(tag, days);
    const rule = ruleOfSettings({
      retentionEnabled: true,
      retentionOlderThan: 30,
      retentionKeepLatest: 1,
      retentionTag: '^v',
    });
    await retention({ rule }).request('retention:1');
    await runner().ring();
    for (const name of ['team/a', 'team/b']) expect(Object.keys(bench.held()[name]!).toSorted()).toEqual(['v2', 'x']);
  });

  it('drops nothing where nobody may delete, and nothing without a rule', async () => {
    bench.fake.putImage('team/app', 'v1');
    await bench.handleEvents();
    await age('v1', 99);
    expect(await retention().request('retention:1')).toEqual([]);
    await rules.create(null, rule({ olderThan: 1 }));
    expect(await retention({ deleteEnabled: false }).request('retention:1')).toEqual([]);
    expect(await retention().request('retention:1')).toHaveLength(1);
  });

  it('leaves a tag that was pushed between the plan and its deletion', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    await bench.handleEvents();
    await age('v1', 99);
    await rules.create(null, rule({ olderThan: 30 }));
    const [id] = await retention().request('retention:1');
    bench.fake.putImage('team/app', 'v1', { seed: 'b' });
    await hurry();
    await runner().ring();
    expect(await statesOf(id!)).toEqual(['moved']);
    expect(bench.held()).toEqual({ 'team/app': { v1: digestOf('b') } });
  });
});

describe('a namespace with many tags', () => {
  const MANY = 20_000;
  const fill = async (repositories: number, tags: number) => {
    bench.fake.putImage('team/seed', 'v1', { seed: 'a' });
    await bench.handleEvents();
    await bench.database.sql.query(
      `WITH made AS (
         INSERT INTO repositories (registry_id, namespace_id, full_name, name, tags_count)
         SELECT registry_id, namespace_id, 'team/many-' || n, 'many-' || n, $2 FROM repositories, generate_series(1, $1) n
         RETURNING id),
       held AS (
         INSERT INTO manifests (repository_id, digest, media_type, size, manifest_size, annotations)
         SELECT made.id, m.digest, m.media_type, 1, 1, '{}' FROM made, manifests m RETURNING id, repository_id)
       INSERT INTO tags (repository_id, name, manifest_id, updated_at)
       SELECT repository_id, 'v' || n, id, now() - interval '90 days' FROM held, generate_series(1, $2) n`,
      [repositories, tags],
    );
  };

  it('is asked for its immutable ones with one bounded question', async () => {
    await fill(1, MANY);
    const namespace = await namespaceId();
    await rules.create(
      null,
      rule({ name: 'some', action: 'protect', repositoryPattern: '*/many-?', tagPattern: 'v19??9' }),
    );
    await rules.create(null, rule({ name: 'none', action: 'protect', tagPattern: 'v_%' }));
    const query = vi.spyOn(bench.database.sql, 'query');
    const held = await rules.protectedTags(namespace, null, 50);
    const rows = await Promise.all(query.mock.results.map(({ value }) => value as Promise<unknown[]>));
    query.mockRestore();
    expect(held).toHaveLength(50);
    expect(held.slice(0, 2)).toEqual(['team/many-1:v19009', 'team/many-1:v19019']);
    expect(Math.max(...rows.map(({ length }) => length))).toBe(50);
  });

  it('is planned for in pages of bounded size, with a number of questions that does not grow with its repositories', async () => {
    await fill(40, MANY / 40);
    await rules.create(null, rule({ name: 'old', olderThan: 30, keepLatest: 1 }));
    const sut = new Retention(bench.database.sql, rules, deletions, {
      deleteEnabled: true,
      moveShared: false,
      rule: null,
    });
    const pages: number[] = [];
    const query = vi.spyOn(bench.database.sql, 'query');
    for (let after: number | null = 0; after !== null;) {
      const { plans, next }: PlanPage = await sut.plan(null, after, 100);
      pages.push(plans.reduce((sum, { verdicts }) => sum + verdicts.length, 0));
      after = next;
    }
    expect(query).toHaveBeenCalledTimes(pages.length * 3);
    query.mockRestore();
    expect(pages.reduce((a, b) => a + b)).toBe(MANY + 1);
    expect(Math.max(...pages)).toBeLessThanOrEqual(10_000);
    const [id] = await sut.request('retention:1');
    expect(await deletions.find(id!)).toMatchObject({ total: 5_000 });
    expect(await sut.request('retention:2')).toEqual([]);
  });
});

describe('an immutable tag', () => {
  const alarms = () => new TagAlarmsRepository(bench.database.sql);
  const open = async () => {
    const { items } = await alarms().page({ userId: 0, admin: true }, true, 0, 10);
    return items.map(({ tag, keptDigest, foundDigest, actor }) => [tag, keptDigest, foundDigest, actor]);
  };
  beforeEach(async () => {
    await rules.create(null, rule({ name: 'releases', action: 'protect', tagPattern: 'v*' }));
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    bench.fake.putImage('team/app', 'latest', { seed: 'a' });
    await bench.handleEvents();
  });

  it('is alarmed when it moves, with the digest that it has to have, until it is back', async () => {
    expect(await open()).toEqual([]);
    for (const tag of ['v1', 'latest']) bench.fake.putImage('team/app', tag, { seed: 'b', actor: 'mallory' });
    await bench.handleEvents();
    expect(await open()).toEqual([['v1', digestOf('a'), digestOf('b'), 'mallory']]);
    bench.fake.putImage('team/app', 'v1', { seed: 'c' });
    await bench.handleEvents();
    expect(await open()).toEqual([['v1', digestOf('a'), digestOf('c'), 'alice']]);
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    await bench.handleEvents();
    expect(await open()).toEqual([]);
    expect(await bench.database.value('SELECT count(*)::int FROM tag_alarms')).toBe(1);
  });

  it('is alarmed when it is removed, also when a sync finds it moved, and settled when it is pushed again', async () => {
    bench.fake.deleteTag('team/app', 'v1');
    await bench.handleEvents();
    expect(await open()).toEqual([['v1', digestOf('a'), null, null]]);
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    await bench.handleEvents();
    expect(await open()).toEqual([]);
    bench.fake.putImage('team/app', 'v1', { seed: 'b', silent: true });
    await bench.sync('deep', 'update');
    expect(await open()).toEqual([['v1', digestOf('a'), digestOf('b'), null]]);
  });

  it('is told about again when the worker dies before that is stored', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'b', actor: 'mallory' });
    await bench.handleEvents();
    const lines: unknown[] = [];
    const log = { warn: (facts: object) => lines.push(facts) };
    const sut = new TagAlarms(alarms(), new ActivitiesRepository(bench.database.sql), log, { inc: () => undefined });
    const dying = vi.spyOn(ActivitiesRepository.prototype, 'record').mockRejectedValueOnce(new Error('killed'));
    await expect(sut.tell()).rejects.toThrow('killed');
    dying.mockRestore();
    expect(lines).toEqual([]);
    await sut.tell();
    expect(lines).toHaveLength(1);
    expect(await bench.database.value(`SELECT count(*)::int FROM activities WHERE key = 'tag.move'`)).toBe(1);
  });

  it('is told about once, in the log and in the audit log', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'b', actor: 'mallory' });
    await bench.handleEvents();
    const lines: unknown[] = [];
    let counted = 0;
    const teller = () =>
      new TagAlarms(
        alarms(),
        new ActivitiesRepository(bench.database.sql),
        { warn: (facts) => lines.push(facts) },
        { inc: () => counted++ },
      );
    await Promise.all([teller().tell(), teller().tell()]);
    await teller().tell();
    expect(lines).toEqual([expect.objectContaining({ fullName: 'team/app', tag: 'v1', actor: 'mallory' })]);
    expect(counted).toBe(1);
    expect(await bench.database.value(`SELECT key FROM activities`)).toBe('tag.move');
  });
});
