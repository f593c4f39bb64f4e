import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#domain/policy/facts.js';
import type { Refusal } from '#domain/policy/grant.js';
import {
  type DenialFilter,
  DenialsRepository,
  MAX_OF_ANONYMOUS,
  MAX_OF_USER,
} from '#persistence/denials.repository.js';
import { Metrics } from '#platform/metrics/metrics.js';
import type { Place } from '#persistence/listing.js';
import { DenialBuffer } from '../../apps/api/src/denials/denial-buffer.js';
import { pageBy } from '../support/pages.js';
import { TestDatabase } from '../support/test-database.js';

const alice: Actor = {
  kind: 'user',
  userId: 1,
  username: 'alice',
  admin: false,
  disabled: false,
  locked: false,
  bot: false,
};
const anonymous: Actor = { kind: 'anonymous' };

const refusal = (name: string, more: Partial<Refusal> = {}): Refusal => ({
  scope: { type: 'repository', name, actions: ['push'] },
  action: 'push',
  reason: 'not-a-member',
  told: 'no-namespace',
  ...more,
});

describe(DenialBuffer.name, () => {
  let database: TestDatabase;
  let repository: DenialsRepository;
  let metrics: Metrics;
  let sut: DenialBuffer;

  beforeAll(async () => {
    database = await TestDatabase.create();
    repository = new DenialsRepository(database.sql);
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await database.truncate();
    await database.sql.query(`INSERT INTO registries (id, name, hostname) VALUES (1, 'r', 'r:5000')`);
    await database.sql.query(
      `INSERT INTO users (id, username, email) VALUES (1, 'alice', 'alice@example.test'), (2, 'bob', 'bob@example.test')`,
    );
    metrics = new Metrics();
    sut = new DenialBuffer(repository, metrics, { warn: () => undefined });
  });

  const asker = (actor: Actor, address = '192.0.2.1') => ({ actor, registryId: 1, address });
  const newest = (filter: DenialFilter, take = 10, after: Place | null = null) =>
    repository.page(filter, pageBy('last_at', 'DESC', take, after));
  const all = async () => (await newest({ reasonIs: 'reason' }, 1_000)).items;
  const count = () => database.value<number>('SELECT count(*)::int FROM denials');
  const dropped = async (why: string) =>
    Number(new RegExp(`dropped_total{why="${why}"} (\\d+)`).exec(await metrics.scrape())?.[1]);

  it('keeps one row for all repetitions of a day, of several replicas too, with the last rule and address', async () => {
    const other = new DenialBuffer(repository, new Metrics(), { warn: () => undefined });
    sut.note(asker(alice), [refusal('team/app')], new Date('2026-05-01T10:00:00Z'));
    sut.note(asker(alice), [refusal('team/app')], new Date('2026-05-01T11:00:00Z'));
    await sut.flush();
    other.note(
      asker(alice, '192.0.2.2'),
      [refusal('team/app', { reason: 'no-namespace' })],
      new Date('2026-05-01T12:00:00Z'),
    );
    await Promise.all([other.flush(), sut.flush()]);
    sut.note(asker(alice), [refusal('team/app')], new Date('2026-05-02T10:00:00Z'));
    await sut.flush();
    const rows = await all();
    expect(rows.map((row) => row.count)).toEqual([1, 3]);
    expect(rows[1]).toMatchObject({
      username: 'alice',
      registryHostname: 'r:5000',
      repository: 'team/app',
      action: 'push',
      reason: 'no-namespace',
      told: 'no-namespace',
      address: '192.0.2.2',
      firstAt: new Date('2026-05-01T10:00:00Z'),
      lastAt: new Date('2026-05-01T12:00:00Z'),
    });
  });

  it('can not be filled by one user, nor by all who are not signed in; who is bounded still adds to known rows', async () => {
    const bob: Actor = { ...alice, userId: 2, username: 'bob' };
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 1_000; i++) {
        sut.note(asker(alice), [refusal(`a/${round}-${i}`)]);
        sut.note(asker(anonymous), [refusal(`a/${round}-${i}`)]);
      }
      sut.note(asker(bob), [refusal('bob/once')]);
      await sut.flush();
    }
    expect(await count()).toBe(MAX_OF_USER + MAX_OF_ANONYMOUS + 1);
    expect(await dropped('full')).toBe(6_000 - MAX_OF_USER - MAX_OF_ANONYMOUS);
    expect((await newest({ userId: 2, reasonIs: 'told' })).items.map((row) => row.count)).toEqual([3]);
    sut.note(asker(anonymous), [refusal('a/0-0')]);
    await sut.flush();
    const [last] = (await newest({ userId: null, repository: 'a/0-0', reasonIs: 'told' })).items;
    expect(last?.count).toBe(2);
  });

  it('takes any name that may be typed, and no other than repositories for one', async () => {
    const names = ['a\0b', `x`.repeat(5_000), 'host:5000/x', '\ud800', '\u001b[31m'];
    sut.note(
      asker(anonymous),
      names.map((name) => refusal(name)),
    );
    sut.note(asker(alice), [refusal('catalog', { scope: { type: 'registry', name: 'catalog', actions: ['*'] } })]);
    await sut.flush();
    expect(await dropped('database')).toBe(0);
    const stored = (await all()).map((row) => row.repository);
    expect(stored).toHaveLength(6);
    expect(stored).toContain('host:5000/x');
    expect(stored).toContain('registry:catalog');
    expect(Math.max(...stored.map((name) => name.length))).toBe(255);
  });

  it('leaves out users and registries that are gone meanwhile, and keeps nothing of our own account', async () => {
    sut.note(asker(alice), [refusal('team/app')]);
    sut.note(asker({ kind: 'service' }), [refusal('team/app')]);
    sut.note({ ...asker(alice), registryId: 99 }, [refusal('team/app')]);
    sut.note(asker({ ...alice, userId: 99 }), [refusal('team/app')]);
    await sut.flush();
    expect(await count()).toBe(1);
  });

  it('drops and counts what can not be stored, and goes on after it', async () => {
    const broken = { store: () => Promise.reject(new Error('the database is away')) } as unknown as DenialsRepository;
    metrics = new Metrics();
    sut = new DenialBuffer(broken, metrics, { warn: () => undefined });
    sut.note(asker(alice), [refusal('team/app'), refusal('team/other')]);
    await sut.flush();
    expect(await dropped('database')).toBe(2);
    await sut.flush();
    expect(await dropped('database')).toBe(2);
  });

  it('stores what waits when the program ends', async () => {
    sut.onModuleInit();
    sut.note(asker(alice), [refusal('team/app')]);
    await sut.beforeApplicationShutdown();
    expect(await count()).toBe(1);
  });

  it('lists page by page, and by filters; users by what they were told', async () => {
    for (let i = 0; i < 5; i++) sut.note(asker(alice), [refusal(`team/app-${i}`)], new Date(1_777_000_000_000 + i));
    sut.note(asker(anonymous), [refusal('team/app-0', { action: 'pull', reason: 'anonymous', told: 'anonymous' })]);
    await sut.flush();
    const filter = { userId: 1, reasonIs: 'told' } as const;
    const first = await newest(filter, 2);
    const second = await newest(filter, 10, first.next);
    expect(second.next).toBeNull();
    expect([...first.items, ...second.items].map((row) => row.repository)).toEqual(
      [4, 3, 2, 1, 0].map((i) => `team/app-${i}`),
    );
    expect((await newest({ ...filter, reason: 'not-a-member' })).items).toEqual([]);
    expect((await newest({ ...filter, reason: 'no-namespace' })).items).toHaveLength(5);
    expect((await newest({ reasonIs: 'reason', reason: 'not-a-member' })).items).toHaveLength(5);
    expect((await newest({ reasonIs: 'reason', repository: 'team/app-0' })).items).toHaveLength(2);
    expect((await newest({ reasonIs: 'reason', action: 'pull' })).items).toHaveLength(1);
  });

  it('forgets by age, and beyond a number of rows of one user', async () => {
    await database.sql.query(
      `INSERT INTO denials (user_id, registry_id, repository, action, told, reason, day, first_at, last_at, address, count)
       SELECT 1, 1, 'a/' || g, 'push', 'x', 'x', current_date, now(), now() - make_interval(secs => g), '', 1
         FROM generate_series(1, 2010) g
       UNION ALL SELECT 2, 1, 'old', 'push', 'x', 'x', current_date, now(), now() - interval '40 days', '', 1`,
    );
    await repository.purge(30, 5_000);
    expect(await count()).toBe(2_000);
    expect(await database.value('SELECT max(substr(repository, 3)::int) FROM denials')).toBe(2_000);
  });
});
