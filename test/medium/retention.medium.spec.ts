import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BEGINNING, type PlanPage, type PlanPlace, Retention, ruleOfSettings } from '#catalog/retention.js';
import { planRetention, type Verdict } from '#domain/retention/plan-retention.js';
import { DeletionsRepository } from '#persistence/deletions.repository.js';
import { RetainedTagsRepository } from '#persistence/retained-tags.repository.js';
import { RetentionRulesRepository } from '#persistence/retention-rules.repository.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { deletionRunner, digestOf, hurryDeletions, rule, teamNamespace } from '../support/deletion-bench.js';
import { pageBy } from '../support/pages.js';

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

const runner = () => deletionRunner(bench);
const hurry = () => hurryDeletions(bench);
const namespaceId = () => teamNamespace(bench);
const statesOf = async (id: number) => (await deletions.items(id, pageBy('id'))).items.map((item) => item.state);

describe(Retention.name, () => {
  const retention = (more: object = {}) =>
    new Retention(bench.database.sql, rules, deletions, {
      deleteEnabled: true,
      moveShared: false,
      rule: null,
      grace: 0,
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
    const { plans } = await retention().plan(null, BEGINNING, 10);
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

  it('drops at once what somebody wants to be dropped, in one namespace, and in their name', async () => {
    for (const name of ['team/now', 'other/now']) bench.fake.putImage(name, 'v1', { seed: name });
    await bench.handleEvents();
    await age('v1', 40);
    await rules.create(null, rule({ name: 'old', olderThan: 30 }));
    const by = { actorId: null, actor: 'alice' };
    expect(await retention({ deleteEnabled: false }).run(null, by)).toEqual([]);
    const [id] = await retention().run(await namespaceId(), by);
    expect((await deletions.find(id!))?.actor).toBe('alice');
    expect((await deletions.items(id!, pageBy('id'))).items.map(({ fullName }) => fullName)).toEqual(['team/now']);
    expect(await retention().run(null, by), 'one at a time').toEqual([]);
    await runner().ring();
    expect(Object.keys(bench.held()).toSorted()).not.toContain('team/now');
    expect(await retention().run(await namespaceId(), by)).toEqual([]);
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

  it('leaves somebody time to look at what a new or changed rule would do before it does it by itself', async () => {
    bench.fake.putImage('team/app', 'v1');
    await bench.handleEvents();
    await age('v1', 99);
    const sut = retention({ grace: 600 });
    const written = (seconds: number) =>
      bench.database.sql.query('UPDATE retention_rules SET updated_at = now() - make_interval(secs => $1)', [seconds]);
    const young = rule({ olderThan: 30 });
    const id = await rules.create(null, young);
    await written(500);
    expect(await sut.request('retention:1')).toEqual([]);
    const [plan] = (await sut.plan(null, BEGINNING, 10)).plans;
    expect(plan!.verdicts).toMatchObject([{ tag: 'v1', verdict: 'drop' }]);
    await written(700);
    await rules.update(id!, { ...young, olderThan: 31 }, bench.database.sql);
    expect(await sut.request('retention:1'), 'just changed').toEqual([]);
    await written(700);
    const releases = await rules.create(null, rule({ action: 'protect', tagPattern: 'v1' }));
    expect(await sut.request('retention:1'), 'what protects does so at once').toEqual([]);
    await rules.remove(releases!, bench.database.sql);
    expect(await sut.request('retention:1')).toHaveLength(1);
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
    const held = await rules.protectedTags([namespace], null, 50);
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
      grace: 0,
    });
    const pages: number[] = [];
    const query = vi.spyOn(bench.database.sql, 'query');
    for (let after: PlanPlace | null = BEGINNING; after !== null;) {
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

  it('is planned for in parts where one repository has so many, with the verdicts that all of it at once would get', async () => {
    await fill(1, MANY);
    const sql = bench.database.sql;
    // Tags of the same millisecond, signatures of what stays and of what goes, and a second repository behind it.
    await sql.query(
      `UPDATE tags SET updated_at = now() - make_interval(secs => ((id * 7919) % 5000) * 2000 + (id % 3) * 0.0002)
        WHERE name LIKE 'v%'`,
    );
    const [kept, lost, many] = ['a', 'b', 'c'].map((letter) => `sha256:${letter.repeat(64)}`);
    await sql.query(
      `WITH repo AS (SELECT id FROM repositories WHERE full_name = 'team/many-1'),
       images AS (INSERT INTO manifests (repository_id, digest, media_type, size, manifest_size, annotations)
                  SELECT repo.id, d, 'm', 1, 1, '{}' FROM repo, unnest($1::text[]) d RETURNING id, repository_id, digest),
       child AS (INSERT INTO manifest_children (parent_id, digest, media_type, position) SELECT id, $2, 'm', 0 FROM images WHERE digest = $3 RETURNING 1)
       INSERT INTO tags (repository_id, name, manifest_id, updated_at)
       SELECT repository_id, w.name, id, now() - make_interval(days => w.days) FROM images
         JOIN (VALUES ($3, 'zz-index', 1), ($4, 'zz-old', 100)) w(digest, name, days) ON w.digest = images.digest
       UNION ALL SELECT m.repository_id, s, m.id, now() - interval '100 days'
         FROM (SELECT id, repository_id FROM images LIMIT 1) m, unnest($5::text[]) s`,
      [[many, lost], kept, many, lost, [kept, lost, many].map((digest) => `${digest!.replace(':', '-')}.sig`)],
    );
    bench.fake.putImage('team/zebra', 'v1', { seed: 'z' });
    await bench.handleEvents();
    await rules.create(null, rule({ name: 'some', olderThan: 30, tagPattern: 'v*7', keepLatest: 700 }));
    await rules.create(null, rule({ name: 'old', olderThan: 90, keepLatest: 6_000 }));
    await rules.create(null, rule({ name: 'held', action: 'protect', tagPattern: 'v1*0' }));
    const settings = { deleteEnabled: true, moveShared: false, rule: null, grace: 0 };
    const sut = new Retention(sql, rules, deletions, settings);
    const pages: PlanPage[] = [];
    const query = vi.spyOn(sql, 'query');
    for (let after: PlanPlace | null = BEGINNING; after !== null; after = pages.at(-1)!.next)
      pages.push(await sut.plan(null, after, 100));
    const rows = await Promise.all(query.mock.results.map(({ value }) => value as Promise<unknown[]>));
    query.mockRestore();
    expect(Math.max(...rows.map(({ length }) => length))).toBe(10_000);
    const plans = pages.flatMap((page) => page.plans).filter((one) => one.repository.fullName === 'team/many-1');
    expect(plans.length).toBeGreaterThan(1);
    expect(pages.at(-1)!.plans.map((one) => one.repository.fullName)).toEqual(['team/zebra']);
    const id = plans[0]!.repository.id;
    const [all] = await new RetainedTagsRepository(sql).of([id]);
    const whole = planRetention('team/many-1', all!, await rules.effective([await namespaceId()]), Date.now());
    const verdicts = plans.flatMap((one) => one.verdicts);
    const byName = (some: Verdict[]) => Object.fromEntries(some.map((one) => [one.tag, one]));
    expect(verdicts).toHaveLength(whole.length);
    expect(byName(verdicts)).toEqual(byName(whole));
    const signatures = [kept, lost, many].map((one) => byName(verdicts)[`${one!.replace(':', '-')}.sig`]!.verdict);
    expect(signatures).toEqual(['keep', 'drop', 'keep']);
    expect(new Set(whole.map(({ verdict, rule: by }) => `${verdict} ${by?.name}`))).toEqual(
      new Set(['keep held', 'keep some', 'keep old', 'drop some', 'drop old']),
    );
  });
});
