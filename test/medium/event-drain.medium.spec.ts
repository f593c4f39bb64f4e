import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventDrain } from '#catalog/event-drain.js';
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
});
