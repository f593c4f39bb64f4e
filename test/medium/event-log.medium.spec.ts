import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventLogRepository } from '#persistence/event-log.repository.js';
import { InboxRepository, type NewEvent } from '#persistence/inbox.repository.js';
import type { Listed, Place } from '#persistence/listing.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { eventsQuery, retryBody } from '../../apps/api/src/events/events.dto.js';
import { EventsService } from '../../apps/api/src/events/events.service.js';
import { pageBy } from '../support/pages.js';
import { TestDatabase } from '../support/test-database.js';

describe(EventsService.name, () => {
  let database: TestDatabase;
  let inbox: InboxRepository;
  let sut: EventsService;
  let registryId: number;
  let made = 0;
  const ring = vi.fn();

  beforeAll(async () => {
    database = await TestDatabase.create();
    inbox = new InboxRepository(database.sql);
    sut = new EventsService(new EventLogRepository(database.sql), { ring } as never);
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await database.truncate();
    ring.mockReset();
    registryId = await addRegistry('one');
  });

  const addRegistry = async (name: string) => {
    const input = { name, hostname: `${name}:1`, externalHostname: null, useSsl: false, webhookSecret: null };
    return (await new RegistriesRepository(database.sql).create(input)).id;
  };
  const store = async (repository: string, more: Partial<NewEvent> = {}, registry = registryId) => {
    const event = { eventId: `e${made++}`, action: 'push', repository, tag: 'v1', digest: null, actor: null };
    await inbox.store(registry, [{ ...event, occurredAt: null, payload: '{"a":1}', rejected: null, ...more }]);
    return database.value<string>('SELECT max(id)::text FROM registry_events');
  };
  const settle = (id: string, state: string, reason: string | null = null) =>
    database.sql.query(`UPDATE registry_events SET state = $2, reason = $3, processed_at = now() WHERE id = $1`, [
      id,
      state,
      reason,
    ]);
  const list = (query: Record<string, unknown>, take = 100, after: Place | null = null) =>
    sut.list(eventsQuery.parse(query), pageBy('received_at', 'DESC', take, after));
  const idsOf = async (query: Record<string, unknown> = {}) => (await list(query)).items.map((row) => row.id);

  it('lists the newest first, by pages that neither skip nor repeat while more come in', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) ids.push(await store(`team/app-${i}`));
    // Arrived in the same microsecond.
    await database.sql.query('UPDATE registry_events SET received_at = $1 WHERE id <= $2', [
      new Date('2026-01-01T00:00:00.123Z'),
      ids[3],
    ]);
    const seen: string[] = [];
    let after: Place | null = null;
    do {
      const page: Listed<{ id: string }> = await list({}, 2, after);
      seen.push(...page.items.map((row) => row.id));
      after = page.next ?? null;
      await store('team/later');
    } while (after !== null);
    expect(seen).toEqual(ids.toReversed());
  });

  it('filters by state, registry, repository, action and time', async () => {
    const other = await addRegistry('two');
    const dead = await store('team/a');
    await settle(dead, 'dead');
    const removed = await store('team/b', { action: 'delete' });
    const elsewhere = await store('team/a', {}, other);
    const old = await store('team/c');
    await database.sql.query(`UPDATE registry_events SET received_at = '2026-01-02' WHERE id = $1`, [old]);
    expect(await idsOf({ state: 'dead' })).toEqual([dead]);
    expect(await idsOf({ action: 'delete' })).toEqual([removed]);
    expect(await idsOf({ registry_id: String(other) })).toEqual([elsewhere]);
    expect(await idsOf({ repository: 'team/a' })).toEqual([elsewhere, dead]);
    expect(await idsOf({ from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' })).toEqual([old]);
    expect(await idsOf({ repository: 'team/a', state: 'done' })).toEqual([]);
  });

  it('refuses a query that is none', () => {
    for (const query of [
      { state: 'x' },
      { from: 'never' },
      { from: '0000-01-01T00:00:00Z' },
      { per_page: '0' },
      { registry_id: '-1' },
    ])
      expect(eventsQuery.safeParse(query).success, JSON.stringify(query)).toBe(false);
  });

  it('reads every page from an index, whatever the filter', async () => {
    await database.sql.query(
      `INSERT INTO registry_events (registry_id, event_id, action, repository, state, received_at)
       SELECT $1, 'g' || i, 'push', 'team/app-' || i % 500, CASE WHEN i % 4 = 0 THEN 'dead' ELSE 'done' END,
              now() - i * interval '1 second' FROM generate_series(1, 20000) i`,
      [registryId],
    );
    await database.sql.query('ANALYZE registry_events');
    const plans = vi.spyOn(database.sql, 'query');
    for (const query of [{}, { state: 'dead' }, { repository: 'team/app-7' }]) await list(query, 15);
    const asked = plans.mock.calls.map(([text, values]) => ({ text, values: values! }));
    plans.mockRestore();
    for (const { text, values } of asked) {
      const lines = await database.sql.query<Record<string, string>>(`EXPLAIN ${text}`, values);
      const plan = lines.map((line) => line['QUERY PLAN']).join('\n');
      expect(plan).toContain('Index Scan');
      expect(plan).not.toMatch(/Seq Scan|Sort/);
    }
  });

  it('shows one with what was sent', async () => {
    const id = await store('team/a');
    expect(await sut.get(id)).toMatchObject({ id, repository: 'team/a', state: 'received', payload: '{"a":1}' });
    await expect(sut.get('0')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('retries one as if it had just come, but not what could not be understood', async () => {
    const id = await store('team/a');
    await inbox.postpone([id], 'poison', 1);
    expect(await idsOf({ state: 'dead' })).toEqual([id]);
    expect(await sut.retry(id)).toMatchObject({ state: 'received', attempts: 0, reason: null, processedAt: null });
    expect(ring).toHaveBeenCalledWith('registry-events');
    expect(await inbox.waiting(registryId, 'team/a', 10)).toMatchObject([{ id, attempts: 0 }]);
    const rejected = await store('', { rejected: 'nonsense' });
    await expect(sut.retry(rejected)).rejects.toMatchObject({ code: 'conflict' });
    await expect(sut.retry('0')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('retries all that failed or are dead, of everything or of one repository, and nothing else', async () => {
    const [dead, failed, ignored, done] = [
      await store('team/a'),
      await store('team/b'),
      await store('team/a'),
      await store('team/a'),
    ];
    await store('', { rejected: 'nonsense' });
    const spoil = async () => {
      await settle(dead, 'dead');
      await settle(failed, 'failed');
      await settle(ignored, 'ignored');
      await settle(done, 'done');
    };
    await spoil();
    expect(await sut.retryAll(retryBody.parse({ repository: 'team/a' }))).toBe(1);
    await spoil();
    expect(await sut.retryAll(retryBody.parse({}))).toBe(2);
    expect(await sut.retryAll(retryBody.parse({}))).toBe(0);
    expect(await sut.retryAll(retryBody.parse({ states: ['ignored'] }))).toBe(1);
    expect(retryBody.safeParse({ states: ['done'] }).success).toBe(false);
    expect(await idsOf({ state: 'received' })).toEqual([ignored, failed, dead]);
  });

  it('sums up what waits, what failed and how long handling took, of each registry', async () => {
    await addRegistry('quiet');
    const [waits, done] = [await store('team/a'), await store('team/b')];
    await store('', { rejected: 'nonsense' });
    await settle(await store('team/c'), 'dead');
    await database.sql.query(`UPDATE registry_events SET received_at = now() - interval '90 seconds' WHERE id = $1`, [
      waits,
    ]);
    await settle(done, 'done');
    await database.sql.query(`UPDATE registry_events SET received_at = processed_at - interval '3 s' WHERE id = $1`, [
      done,
    ]);
    const [one, quiet] = await sut.summary();
    expect(one).toMatchObject({ registry: 'one', received: 1, failed: 0, dead: 1, rejected: 1 });
    expect(one!.oldestWaitingSeconds).toBeGreaterThanOrEqual(90);
    expect(one!.lagMedianSeconds).toBeCloseTo(3, 1);
    expect(quiet).toMatchObject({ registry: 'quiet', received: 0, oldestWaitingSeconds: 0, lagMedianSeconds: null });
  });
});
