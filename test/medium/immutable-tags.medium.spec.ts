import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TagAlarms } from '#catalog/tag-alarms.js';
import { ActivitiesRepository } from '#persistence/activities.repository.js';
import { RetentionRulesRepository } from '#persistence/retention-rules.repository.js';
import { TagAlarmsRepository } from '#persistence/tag-alarms.repository.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { digestOf, rule } from '../support/deletion-bench.js';
import { pageBy } from '../support/pages.js';

let bench: CatalogBench;
let rules: RetentionRulesRepository;
beforeAll(async () => {
  bench = await CatalogBench.create();
  rules = new RetentionRulesRepository(bench.database.sql);
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

describe('an immutable tag', () => {
  const alarms = () => new TagAlarmsRepository(bench.database.sql);
  const open = async () => {
    const { items } = await alarms().page({ userId: 0, admin: true }, true, pageBy('id', 'DESC'));
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
