import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { earlyEvents } from '#catalog/early-events.js';
import type { EventEnvelope } from '../fakes/registry.js';
import { CatalogBench } from '../support/catalog-bench.js';

let bench: CatalogBench;
beforeAll(async () => {
  bench = await CatalogBench.create();
});
afterAll(() => bench.close());

/** A registry announces first and links the tag then; here the notification comes while the tag is not linked yet. */
describe.each(['2.8', '3'] as const)(`${earlyEvents.name}: registry %s speaks too early`, (flavour) => {
  beforeEach(() => bench.reset({ flavour }));

  const push = (tag: string, seed: string): void => void bench.fake.putImage('team/app', tag, { seed });
  /** Takes the notifications of a push that nobody has seen yet: the tag is set back as it was. */
  const announce = (tag: string, seed: string, before: () => void): EventEnvelope[] => {
    push(tag, seed);
    const envelopes = bench.undelivered.splice(0);
    before();
    bench.undelivered.length = 0;
    return envelopes;
  };

  const countedEarly = async (): Promise<number> =>
    Number(/^portus_events_handled_total\{outcome="early"\} (\d+)$/m.exec(await bench.metrics.scrape())?.[1]);

  it('of a retag', async () => {
    push('v1', 'a');
    await bench.handleEvents();
    const before = await countedEarly();
    await bench.deliver(announce('v1', 'b', () => push('v1', 'a')));
    await bench.drain().ring();
    expect(await countedEarly()).toBeGreaterThan(before);
    expect(await bench.stored()).toEqual(bench.held());
    push('v1', 'b');
    bench.undelivered.length = 0;
    await bench.hurry();
    await bench.drain().ring();
    expect(await bench.stored()).toEqual(bench.held());
    expect(await bench.eventStates()).not.toContain('failed');
  });

  it('of a tag that never comes, which ends after some looks', async () => {
    push('v1', 'a');
    await bench.handleEvents();
    await bench.deliver(announce('v1', 'b', () => push('v1', 'a')));
    for (let look = 0; look < 4; look++) {
      expect(await bench.eventStates()).not.toEqual(['done', 'done']);
      await bench.hurry();
      await bench.drain().ring();
    }
    expect(new Set(await bench.eventStates())).toEqual(new Set(['done']));
    expect(await bench.stored()).toEqual(bench.held());
  });
});
