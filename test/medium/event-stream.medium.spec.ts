import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventLogRepository } from '#persistence/event-log.repository.js';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { EventStream } from '../../apps/api/src/events/event-stream.js';
import { TestDatabase } from '../support/test-database.js';

describe(EventStream.name, () => {
  let database: TestDatabase;
  let registryId: number;
  let sut: EventStream;
  beforeAll(async () => {
    database = await TestDatabase.create();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await database.truncate();
    const input = { name: 'one', hostname: 'one:1', externalHostname: null, useSsl: false, webhookSecret: null };
    registryId = (await new RegistriesRepository(database.sql).create(input)).id;
    sut = new EventStream(new EventLogRepository(database.sql), { warn: () => undefined } as never);
  });

  const store = async (...names: string[]) => {
    const event = { action: 'push', repository: 'team/app', tag: 'v1', digest: null, actor: null };
    const rows = names.map((eventId) => ({ ...event, eventId, occurredAt: null, payload: '{}', rejected: null }));
    await new InboxRepository(database.sql).store(registryId, rows);
  };
  const age = (seconds: number) =>
    database.sql.query(`UPDATE registry_events SET received_at = received_at - $1 * interval '1 second'`, [seconds]);
  const parse = (text: string) => ({
    id: /^id: (.*)$/m.exec(text)?.[1] ?? '',
    event: JSON.parse(/^data: (.*)$/m.exec(text)![1]!) as { event_id: string; state: string },
  });
  const next = async (stream: AsyncGenerator<string>) => {
    for (;;) {
      const { value, done } = await stream.next();
      if (done) return null;
      if (String(value).startsWith('id: ')) return parse(String(value));
    }
  };
  const all = async (last: string | null) => {
    const told = [];
    const stream = sut.follow(last, 0);
    for (let one = await next(stream); one !== null; one = await next(stream)) told.push(one.event.event_id);
    return told;
  };

  it('tells an event when it comes, and again when its state changes, but not a third time', async () => {
    const stream = sut.follow(null, 60);
    await store('a');
    expect((await next(stream))?.event).toMatchObject({ event_id: 'a', state: 'received' });
    await database.sql.query(`UPDATE registry_events SET state = 'done'`);
    expect((await next(stream))?.event).toMatchObject({ event_id: 'a', state: 'done' });
    await store('b');
    expect((await next(stream))?.event).toMatchObject({ event_id: 'b' });
    await stream.return(undefined);
  });

  it('goes on after a break from the last message, and tells what was stored meanwhile', async () => {
    await store('before');
    await age(600);
    const stream = sut.follow(null, 60);
    await store('a');
    const last = (await next(stream))!.id;
    await stream.return(undefined);
    await store('b', 'c');
    await age(60);
    expect(await all(null)).toEqual([]);
    const [micros = '', id] = last.split('.');
    expect(await all(`${BigInt(micros) - 60_000_000n}.${id}`)).toEqual(['a', 'b', 'c']);
  });

  it('goes back an hour at the most, and through more than one look', async () => {
    await store('old');
    await age(4_000);
    const names = Array.from({ length: 1_200 }, (_, i) => `e${i}`);
    await store(...names);
    const told = await all('1.1');
    expect(new Set(told)).toEqual(new Set(names));
  });

  it('ends at a shutdown, and lets no more in than it has room for', async () => {
    const streams = Array.from({ length: 32 }, () => sut.follow(null, 60));
    for (const stream of streams) await stream.next();
    expect(() => sut.requireRoom()).toThrow('too many streams');
    const waiting = next(streams[0]!);
    sut.beforeApplicationShutdown();
    expect(await waiting).toBeNull();
    expect(() => sut.requireRoom()).not.toThrow();
  });
});
