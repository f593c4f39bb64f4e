import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DeletionRunner } from '#catalog/deletion-runner.js';
import { OwnChanges } from '#catalog/own-changes.js';
import { recordGone } from '#catalog/record-gone.js';
import { RepositoryRemover } from '#catalog/repository-remover.js';
import { Retention, ruleOfSettings } from '#catalog/retention.js';
import { TagAlarms } from '#catalog/tag-alarms.js';
import { TagRemover } from '#catalog/tag-remover.js';
import { ActivitiesRepository } from '#persistence/activities.repository.js';
import { DeletionsRepository, type NewDeletion, type NewItem } from '#persistence/deletions.repository.js';
import { ManifestsRepository } from '#persistence/manifests.repository.js';
import { RetentionRulesRepository, type RuleInput } from '#persistence/retention-rules.repository.js';
import { TagAlarmsRepository } from '#persistence/tag-alarms.repository.js';
import { buildImage } from '../factories/image.js';
import { errorReply } from '../fakes/registry/reply.js';
import { CatalogBench } from '../support/catalog-bench.js';

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
  return new DeletionRunner(deletions, bench.registries, bench.clients, tags, repositories, (deletion, item) =>
    recordGone(deletions, activities, deletion, item),
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
    const [plan] = await retention().plan(null, 0, 10);
    const verdicts = plan!.verdicts.map(({ tag, verdict, rule: by }) => [tag, verdict, by?.name]);
    expect(verdicts).toEqual([
      ['release-1', 'keep', 'releases'],
      ['v1', 'drop', 'old'],
      ['v2', 'drop', 'old'],
      ['v3', 'keep', 'old'],
    ]);
    expect(Object.keys(bench.held()['team/app']!)).toHaveLength(4);
    const ids = await Promise.all([1, 2, 3].map(() => retention().request('retention:1')));
    expect(ids.filter((id) => id !== null)).toHaveLength(1);
    await runner().ring();
    expect(Object.keys(bench.held()['team/app']!).toSorted()).toEqual(['release-1', 'v3']);
    expect(await bench.stored()).toEqual(bench.held());
    expect(await retention().request('retention:2')).toBeNull();
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
    expect(await retention().request('retention:1')).toBeNull();
    await rules.create(null, rule({ olderThan: 1 }));
    expect(await retention({ deleteEnabled: false }).request('retention:1')).toBeNull();
    expect(await retention().request('retention:1')).not.toBeNull();
  });

  it('leaves a tag that was pushed between the plan and its deletion', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    await bench.handleEvents();
    await age('v1', 99);
    await rules.create(null, rule({ olderThan: 30 }));
    const id = await retention().request('retention:1');
    bench.fake.putImage('team/app', 'v1', { seed: 'b' });
    await hurry();
    await runner().ring();
    expect(await statesOf(id!)).toEqual(['moved']);
    expect(bench.held()).toEqual({ 'team/app': { v1: digestOf('b') } });
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
