import fc from 'fast-check';
import { afterAll, beforeAll, expect, describe, it } from 'vitest';
import type { EventEnvelope } from '../fakes/registry.js';
import { CatalogBench } from '../support/catalog-bench.js';

const REPOSITORIES = ['team/a', 'team/b'];
const TAGS = ['v1', 'v2', 'v3'];
const SEEDS = ['1', '2', '3'];

let bench: CatalogBench;
beforeAll(async () => {
  bench = await CatalogBench.create();
});
afterAll(() => bench.close());

const repository = fc.constantFrom(...REPOSITORIES);
const tag = fc.constantFrom(...TAGS);
const seed = fc.constantFrom(...SEEDS);
/** What becomes of the notifications that wait at this point. */
const fate = fc.constantFrom('delivered', 'doubled', 'reversed', 'kept', 'lost');
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('push' as const), repository, tag, seed, fate }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('index' as const), repository, tag, seed, fate }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), repository, tag, fate }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('untag' as const), repository, tag, fate }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sync' as const), deep: fc.boolean(), fate }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function play(one: Step): Promise<void> {
  const { fake } = bench;
  if (one.kind === 'push') fake.putImage(one.repository, one.tag, { seed: one.seed });
  else if (one.kind === 'index') fake.putIndex(one.repository, one.tag, [{ seed: one.seed }, { seed: `${one.seed}'` }]);
  else if (one.kind === 'untag') fake.deleteTag(one.repository, one.tag);
  else if (one.kind === 'delete') {
    const digest = fake.snapshot().get(one.repository)?.get(one.tag);
    if (digest !== undefined) fake.deleteManifest(one.repository, digest);
  } else await bench.sync(one.deep ? 'deep' : 'names', 'update-delete');
  await deliver(one.fate);
}

async function deliver(how: string): Promise<void> {
  if (how === 'kept') return;
  const waiting: EventEnvelope[] = bench.undelivered.splice(0);
  if (how === 'lost') return;
  if (how === 'reversed') waiting.reverse();
  await bench.deliver(how === 'doubled' ? [...waiting, ...waiting] : waiting);
  await bench.drain().ring();
}

/** Stored tags that the registry held at this moment and that are not stored any more after `work`. */
async function expectNoLoss(work: () => Promise<unknown>): Promise<void> {
  const names = (catalog: Record<string, Record<string, string>>) =>
    Object.entries(catalog).flatMap(([name, tags]) => Object.keys(tags).map((tag) => `${name}:${tag}`));
  const stored = names(await bench.stored());
  await work();
  const [held, left] = [new Set(names(bench.held())), new Set(names(await bench.stored()))];
  expect(stored.filter((name) => held.has(name) && !left.has(name))).toEqual([]);
}

describe.each(['2.8', '3'] as const)('whatever is lost, doubled or reordered, registry %s', (flavour) => {
  it('a deep pass and its confirmation make the catalog equal, and nothing was removed that was held', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        await bench.reset({ flavour });
        for (const one of steps) await expectNoLoss(() => play(one));
        bench.undelivered.length = 0;
        // An emptied registry leads to no removal: give it something to list.
        bench.fake.putImage('team/z', 'v1', { silent: true });
        for (let i = 0; i < 2; i++) await expectNoLoss(() => bench.sync('deep', 'update-delete'));
        expect(await bench.stored()).toEqual(bench.held());
      }),
      { numRuns: 25 },
    );
  });
});
