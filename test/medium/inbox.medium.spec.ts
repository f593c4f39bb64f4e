import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InboxRepository, tellBacklog, type NewEvent, type Waiting } from '#persistence/inbox.repository.js';
import { LeaseRepository } from '#persistence/lease.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { parseEnvelope } from '../../apps/api/src/webhooks/parse-envelope.js';
import { TestDatabase } from '../support/test-database.js';

const HOLDER = '00000000-0000-4000-8000-000000000001';

describe(InboxRepository.name, () => {
  let database: TestDatabase;
  let sut: InboxRepository;
  let registryId: number;
  let made = 0;

  beforeAll(async () => {
    database = await TestDatabase.create();
    sut = new InboxRepository(database.sql);
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await database.truncate();
    const input = { name: 'r', hostname: 'r:1', externalHostname: null, useSsl: false, webhookSecret: null };
    registryId = (await new RegistriesRepository(database.sql).create(input)).id;
  });

  const event = (repository: string, more: Partial<NewEvent> = {}): NewEvent => ({
    eventId: `e${made++}`,
    action: 'push',
    repository,
    tag: 'v1',
    digest: null,
    actor: 'alice',
    occurredAt: null,
    payload: '{}',
    rejected: null,
    ...more,
  });
  const store = (...events: NewEvent[]) => sut.store(registryId, events);
  const ids = async (repository: string) =>
    (await sut.waiting(registryId, repository, 10_000)).map((waiting) => waiting.id);
  const rows = () => database.value<number>('SELECT count(*)::int FROM registry_events');
  const first = (): Waiting => ({ registryId, repository: '' });
  const names = async (after: Waiting = first(), limit = 100) => {
    const page = await sut.candidates(after, limit);
    return page.due.map((one) => one.repository);
  };
  /** As the drain walks. */
  const walk = async (limit: number) => {
    const found: string[] = [];
    for (let after: Waiting | null = first(); after !== null;) {
      const page = await sut.candidates(after, limit);
      found.push(...page.due.map((one) => one.repository));
      after = page.next;
    }
    return found;
  };

  it('stores an event once, also when it comes many times at once and beside others', async () => {
    const same = event('team/app');
    await Promise.all(Array.from({ length: 20 }, () => store(same)));
    await store(same, event('team/app'));
    expect(await rows()).toBe(2);
  });

  it('commits what comes at the same time together, and lets what can not be stored fail alone', async () => {
    const good = Array.from({ length: 40 }, (_, i) => event(`team/app-${i}`));
    const all = [...good.map((one) => store(one)), sut.store(99_999, [event('team/of-nobody')])];
    const results = await Promise.allSettled(all);
    expect(results.filter((one) => one.status === 'rejected')).toEqual([results.at(-1)]);
    expect(await rows()).toBe(40);
    await database.sql.query('TRUNCATE registry_events');
    await Promise.all(good.map((one) => store(one)));
    const commits = await database.value<number>('SELECT count(DISTINCT xmin::text)::int FROM registry_events');
    expect(commits).toBeLessThan(20);
  });

  it('keeps the order in which events came, whatever their ids', async () => {
    const events = ['c', 'a', 'b'].map((eventId) => ({ ...event(`team/${eventId}`), eventId }));
    await Promise.all([sut.store(registryId, events), sut.store(registryId, [{ ...event('team/0'), eventId: '0' }])]);
    const kept = await database.sql.query<{ event: string }>(
      'SELECT event_id AS event FROM registry_events ORDER BY id',
    );
    expect(kept.map(({ event }) => event)).toEqual(['c', 'a', 'b', '0']);
  });

  it('keeps the same id of two registries apart', async () => {
    const input = { name: 's', hostname: 's:1', externalHostname: null, useSsl: false, webhookSecret: null };
    const other = await new RegistriesRepository(database.sql).create(input);
    const same = event('team/app');
    await store(same);
    await sut.store(other.id, [same]);
    expect(await rows()).toBe(2);
  });

  it('stores whatever passes the door, also NUL bytes and half characters', async () => {
    const target = { repository: 'team/app', tag: 'v\0 1', digest: 'sha256:\0', mediaType: 'a\0b' };
    const odd = { id: 'e\0\ud800', action: 'push', target, actor: { name: 'al\0ice\udfff' }, timestamp: '\0' };
    const refused = [{ id: '\0', action: '\0', target: { repository: '\0' } }, '\0', null];
    const body = Buffer.from(JSON.stringify({ events: [odd, ...refused] }));
    await sut.store(registryId, parseEnvelope(body, false, 'portus').events);
    await sut.store(registryId, parseEnvelope(Buffer.from([0, 0xff, 0xfe, 0]), false, 'portus').events);
    expect(await rows()).toBe(5);
    expect(await database.value(`SELECT actor FROM registry_events WHERE repository <> ''`)).toBe('alice\ufffd');
  });

  it('gives the waiting events of one repository, oldest first, up to a limit', async () => {
    await store(event('team/app', { tag: 'v1' }), event('team/other'), event('team/app', { tag: 'v2' }));
    await store(event('team/app', { rejected: 'nonsense' }));
    const waiting = await sut.waiting(registryId, 'team/app', 10);
    expect(waiting.map((one) => one.tag)).toEqual(['v1', 'v2']);
    expect(await sut.waiting(registryId, 'team/app', 1)).toHaveLength(1);
  });

  it('lets a failed event wait, for longer each time, and for ever while the failure is temporary', async () => {
    await store(event('team/app'));
    const [id] = await ids('team/app');
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      await sut.postpone([id!], 'away', null);
      waits.push(
        await database.value(`SELECT extract(epoch FROM next_attempt_at - now())::float FROM registry_events`),
      );
    }
    expect(await names()).toEqual([]);
    expect(await sut.hasDue()).toBe(false);
    expect(waits[0]).toBeLessThan(2);
    expect(waits[4]).toBeGreaterThan(waits[0]!);
    expect(Math.max(...waits)).toBeLessThanOrEqual(20);
    expect(await database.value('SELECT state FROM registry_events')).toBe('failed');
    await database.sql.query('UPDATE registry_events SET next_attempt_at = now()');
    expect(await names()).toEqual(['team/app']);
  });

  it('ends an event as dead after the given number of attempts, not counting those while the registry was away', async () => {
    await store(event('team/app'));
    const [id] = await ids('team/app');
    for (let i = 0; i < 50; i++) await sut.postpone([id!], 'away', null);
    await sut.postpone([id!], 'poison', 10);
    expect(await database.value('SELECT state FROM registry_events')).toBe('failed');
    for (let i = 0; i < 10; i++) await sut.postpone([id!], 'poison', 10);
    expect(await database.value('SELECT state FROM registry_events')).toBe('dead');
    expect(await database.value('SELECT reason FROM registry_events')).toBe('poison');
    expect(await sut.hasDue()).toBe(false);
  });

  it('does not put an event back that was handled meanwhile', async () => {
    await store(event('team/app'));
    const [id] = await ids('team/app');
    await sut.finish(database.sql, [id!], 'done', null);
    await sut.postpone([id!], 'too late', 1);
    expect(await database.value('SELECT state FROM registry_events')).toBe('done');
  });

  it('walks thousands of repositories once each, whatever the size of a page', async () => {
    const all = Array.from({ length: 3_000 }, (_, i) => `team/app-${String(i).padStart(5, '0')}`);
    await store(...all.map((name) => event(name)), event(all[0]!));
    expect(await walk(64)).toEqual(all);
  });

  it('walks past thousands of events of one repository', async () => {
    for (let i = 0; i < 5; i++) await store(...Array.from({ length: 2_000 }, () => event('team/busy')));
    await store(event('team/a'), event('team/z'));
    expect(await walk(1)).toEqual(['team/a', 'team/busy', 'team/z']);
  });

  it('reaches a due repository behind any number of others that are not due or that somebody holds', async () => {
    const away = Array.from({ length: 700 }, (_, i) => `a/away-${i}`);
    await store(...away.map((name) => event(name)));
    await database.sql.query(`UPDATE registry_events SET next_attempt_at = now() + interval '1 hour'`);
    const held = Array.from({ length: 300 }, (_, i) => `b/held-${i}`);
    await store(...held.map((name) => event(name)), event('z/due'));
    const leases = new LeaseRepository(database.sql);
    for (const name of held) await leases.acquire(registryId, name, HOLDER, 60);
    expect(await walk(64)).toEqual(['z/due']);
  });

  it('deletes old events that are handled, a bounded number at a time, and no other', async () => {
    await store(...Array.from({ length: 5 }, () => event('team/app')), event('team/waits'));
    await sut.finish(database.sql, await ids('team/app'), 'done', null);
    await database.sql.query(`UPDATE registry_events SET received_at = now() - interval '15 days'`);
    await store(event('team/new', { rejected: 'young' }));
    expect(await sut.purge(14, 3)).toBe(3);
    expect(await sut.purge(14, 3)).toBe(2);
    expect(await sut.purge(14, 3)).toBe(0);
    expect(await rows()).toBe(2);
    expect(await names()).toEqual(['team/waits']);
  });

  it('tells how many wait and for how long', async () => {
    expect(await sut.backlog()).toEqual({ waiting: 0, oldestSeconds: 0, more: false });
    await store(event('team/app'));
    await database.sql.query(`UPDATE registry_events SET received_at = now() - interval '1 minute'`);
    const { waiting, oldestSeconds } = await sut.backlog();
    expect(waiting).toBe(1);
    expect(oldestSeconds).toBeGreaterThanOrEqual(60);
  });

  it('counts no more than it was told to, and says so', async () => {
    for (let i = 0; i < 5; i++) await store(event(`team/app${i}`));
    expect(await sut.backlog(5)).toMatchObject({ waiting: 5, more: false });
    const bounded = await sut.backlog(3);
    expect(bounded).toMatchObject({ waiting: 3, more: true });
    expect(tellBacklog(bounded)).toMatch(/^at least 3 notifications wait, the oldest for at least \d+ s$/);
  });
});
