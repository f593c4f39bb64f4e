import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventFacts } from '#domain/webhook/webhook-events.js';
import { announce, announceScan } from '#persistence/announce.js';
import { WebhooksRepository } from '#persistence/webhooks.repository.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { makeNamespace, makeWebhook } from '../support/hooks.js';
import { until } from '../support/until.js';

let bench: CatalogBench;
beforeAll(async () => {
  bench = await CatalogBench.create();
});
afterAll(() => bench.close());

type Told = EventFacts & { webhook: number };
const told = async (): Promise<Told[]> => {
  const rows = await bench.database.sql.query<{ facts: EventFacts; webhook: number }>(
    'SELECT facts, webhook_id AS webhook FROM webhook_deliveries ORDER BY id',
  );
  return rows.map(({ facts, webhook }) => ({ ...facts, webhook }));
};
const short = async () => (await told()).map(({ event, tag, actor }) => `${event} ${tag} by ${actor}`);
const digestOf = (tag: string) => bench.held()['team/app']![tag]!;

describe('webhooks are told', () => {
  let namespace: number;
  let hook: number;
  beforeEach(async () => {
    await bench.reset();
    namespace = await makeNamespace(bench.database, 'team');
    hook = await makeWebhook(bench.database, namespace);
  });

  it('of a push: what, where, by whom', async () => {
    bench.fake.putImage('team/app', 'v1', { actor: 'alice' });
    await bench.handleEvents();
    const [push, ...others] = await told();
    expect(others).toEqual([]);
    expect(push).toMatchObject({
      webhook: hook,
      event: 'push',
      namespace: { id: namespace, name: 'team' },
      repository: { name: 'team/app' },
      registry: bench.fake.hostPort,
      tag: 'v1',
      digest: digestOf('v1'),
      previous_digest: null,
      actor: 'alice',
      learned_from: 'event',
    });
    expect(push!.size).toBeGreaterThan(0);
    expect(push!.media_type).toMatch(/manifest/);
    expect(Date.now() - Date.parse(push!.time)).toBeLessThan(60_000);
  });

  it.each([
    ['is deleted', 'DELETE FROM webhooks WHERE id = $1', 0],
    ['is changed', `UPDATE webhooks SET name = 'other' WHERE id = $1`, 1],
  ])('trap: and a webhook that %s at this moment fails no event', async (_, statement, deliveries) => {
    bench.fake.putImage('team/app', 'v1');
    await bench.handleEvents();
    await bench.database.sql.query('DELETE FROM webhook_deliveries');
    const repositoryId = await bench.database.value<number>('SELECT id FROM repositories');
    const push = { event: 'push', repositoryId, tag: 'v1', digest: digestOf('v1') } as const;
    const { acting } = await bench.database.sql.transaction(async (other) => {
      const [mine] = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await new WebhooksRepository(bench.database.sql).lock(namespace, hook, other);
      await other.query(statement, [hook]);
      let over = false;
      const acting = bench.database.sql.transaction((sql) => announce(sql, [push])).finally(() => (over = true));
      acting.catch(() => undefined);
      const blocked = 'SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))';
      const query = () => bench.database.sql.query(blocked, [mine!.pid]);
      await until('it waits, or is over', async () => over || (await query()).length > 0);
      expect(over, 'only for a deletion it waits').toBe(deliveries > 0);
      return { acting };
    });
    expect(await acting).toBe(deliveries);
    expect(await told()).toHaveLength(deliveries);
  });

  it('of a moved tag, with what it had; and of one that is pushed again as a push', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a', actor: 'alice' });
    await bench.handleEvents();
    const before = digestOf('v1');
    bench.fake.putImage('team/app', 'v1', { seed: 'b', actor: 'bob' });
    await bench.handleEvents();
    bench.fake.putImage('team/app', 'v1', { seed: 'b', actor: 'carol' });
    await bench.handleEvents();
    expect(await short()).toEqual(['push v1 by alice', 'push v1 by bob', 'tag_moved v1 by bob', 'push v1 by carol']);
    const [, push, moved, again] = await told();
    for (const one of [push, moved]) expect(one).toMatchObject({ previous_digest: before, digest: digestOf('v1') });
    expect(again!.previous_digest).toBeNull();
  });

  it('of a deletion, by whom, with the digest that went', async () => {
    bench.fake.putImage('team/app', 'v1');
    await bench.handleEvents();
    const digest = digestOf('v1');
    bench.fake.deleteTag('team/app', 'v1');
    await bench.deliver();
    await bench.database.sql.query(`UPDATE registry_events SET actor = 'dave' WHERE action = 'delete'`);
    await bench.handleEvents();
    const gone = (await told()).at(-1);
    expect(gone).toMatchObject({ event: 'delete', tag: 'v1', digest, actor: 'dave', learned_from: 'event' });
  });

  it('once each, if they are enabled, want to hear of it, and are of that namespace', async () => {
    const other = await makeNamespace(bench.database, 'other');
    const deletions = await makeWebhook(bench.database, namespace, { events: ['delete'] });
    await makeWebhook(bench.database, namespace, { enabled: false });
    await makeWebhook(bench.database, other);
    bench.fake.putImage('team/app', 'v1');
    await bench.handleEvents();
    expect((await told()).map(({ webhook, event }) => [webhook, event])).toEqual([[hook, 'push']]);
    bench.fake.deleteTag('team/app', 'v1');
    await bench.handleEvents();
    const gone = (await told()).slice(1);
    expect(gone.map(({ webhook, event }) => [webhook, event])).toEqual([
      [hook, 'delete'],
      [deletions, 'delete'],
    ]);
    expect(gone[0]!.id).toBe(gone[1]!.id);
  });

  it('nothing of what a registry held before Portus knew it; later of pushes whose notifications were lost', async () => {
    bench.fake.putImage('team/app', 'old');
    bench.undelivered.length = 0;
    await bench.sync('deep', 'initial');
    expect(await bench.stored()).toEqual(bench.held());
    expect(await told()).toEqual([]);
    bench.fake.putImage('team/app', 'lost');
    bench.undelivered.length = 0;
    await bench.sync('deep', 'update');
    expect(await told()).toMatchObject([{ event: 'push', tag: 'lost', actor: null, learned_from: 'sync' }]);
  });

  it('nothing when the change is not written either', async () => {
    bench.fake.putImage('team/app', 'v1');
    await bench.handleEvents();
    const repositoryId = await bench.database.value<number>('SELECT id FROM repositories');
    const failing = bench.database.sql.transaction(async (sql) => {
      const made = await announce(sql, [{ event: 'delete', repositoryId, tag: 'v1', digest: null }]);
      expect(made).toBe(1);
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await short()).toHaveLength(1);
  });

  it('of a scan, once for each tag that has the image', async () => {
    bench.fake.putImage('team/app', 'v1');
    bench.fake.retag('team/app', 'v1', 'v1.0');
    await bench.handleEvents();
    await bench.database.sql.query('DELETE FROM webhook_deliveries');
    const image = { registryId: bench.registry.id, digest: digestOf('v1') };
    expect(await announceScan(bench.database.sql, image, { state: 'done', counts: { high: 2 } })).toBe(2);
    const all = await told();
    expect(all.map(({ tag }) => tag)).toEqual(['v1', 'v1.0']);
    expect(all[0]).toMatchObject({ event: 'scan', digest: image.digest, scan: { state: 'done', counts: { high: 2 } } });
    expect(await announceScan(bench.database.sql, { ...image, registryId: 999 }, {})).toBe(0);
  });
});
