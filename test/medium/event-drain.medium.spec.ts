import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventDrain } from '#catalog/event-drain.js';
import { FakeRegistry } from '../fakes/registry.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { until } from '../support/until.js';

let bench: CatalogBench;
beforeAll(async () => {
  bench = await CatalogBench.create();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

/** Holds the first question about a repository back. */
function hold(repository: string): { held: () => boolean; release: () => void } {
  let release = (): void => undefined;
  const opened = new Promise<void>((resolve) => (release = resolve));
  let held = false;
  bench.fake.gate = ({ path }) => {
    if (held || !path.startsWith(`/v2/${repository}/`)) return undefined;
    held = true;
    return opened;
  };
  return { held: () => held, release };
}

describe(EventDrain.name, () => {
  it.each(['team/a', 'team/b', 'team/c'])(
    'handles what comes while it is at work on team/b, though the ring for it is lost: %s',
    async (late) => {
      bench.fake.putImage('team/b', 'v1', { seed: 'first' });
      await bench.deliver();
      const { held, release } = hold('team/b');
      const running = bench.drain().ring();
      await until('it is at work', held);
      bench.fake.putImage(late, 'v2', { seed: 'late' });
      await bench.deliver();
      release();
      await running;
      expect(await bench.stored()).toEqual(bench.held());
      expect(new Set(await bench.eventStates())).toEqual(new Set(['done']));
    },
  );

  it('asks the registry that is configured, whatever server an event names (trap 36)', async () => {
    const stranger = new FakeRegistry();
    await stranger.start();
    try {
      bench.fake.putImage('team/app', 'v1');
      for (const { events } of bench.undelivered)
        for (const one of events)
          Object.assign(one, {
            target: { ...one.target, url: `${stranger.url}/v2/team/app/manifests/v1` },
            request: { ...one.request, host: stranger.hostPort },
          });
      await bench.handleEvents();
      expect(await bench.stored()).toEqual(bench.held());
      expect(stranger.requests).toEqual([]);
    } finally {
      await stranger.stop();
    }
  });

  it('handles what a registry says while another one hangs, and keeps only what is being read there', async () => {
    const hung = new FakeRegistry({ onEvent: () => undefined });
    await hung.start();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    hung.gate = () => released;
    const { id } = await bench.addRegistry(hung.hostPort);
    const event = { action: 'push', tag: 'v1', digest: null, actor: null, occurredAt: null, payload: '{}' };
    const events = Array.from({ length: 140 }, (_, i) => ({
      ...event,
      eventId: `e${i}`,
      repository: `team/hung-${i}`,
      rejected: null,
    }));
    await bench.inbox.store(id, events);
    const drain = bench.drain();
    const first = drain.ring();
    try {
      await until('the registry is asked', () => hung.requests.length > 0);
      bench.fake.putImage('team/app', 'v1');
      await bench.deliver();
      await drain.ringFor(10);
      await until(
        'the other registry is equal',
        async () => (expect(await bench.stored()).toEqual(bench.held()), true),
      );
      const kept = () => bench.database.value('SELECT count(*)::int FROM repository_leases WHERE expires_at > now()');
      await until('the others are free', async () => (await kept()) === 4);
    } finally {
      const stopped = drain.stop();
      release();
      await stopped;
      await first;
      await hung.stop();
    }
  });
});
