import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FakeRegistry, Fault, Flavour, SeenRequest } from '../fakes/registry.js';
import { FUZZ_SECONDS, fuzz } from '../support/fuzz.js';
import { HEALTHY, type Job, ModelWorld } from '../support/model/model-world.js';
import { TestDatabase } from '../support/test-database.js';

/** Workers that wait for each other do so for a twentieth of the time: a story must not take seconds. */
vi.mock('node:timers/promises', async (original) => {
  const real = await original<typeof import('node:timers/promises')>();
  const setTimeout: typeof real.setTimeout = (ms, ...rest) => real.setTimeout((ms ?? 0) / 20, ...rest);
  return { ...real, setTimeout };
});

/** Databases that are played in at the same time. */
const LANES = 2;
const RUNS_OF_A_ROUND = 50;
const ROUNDS = 20;
/** The bounded run begins no further round after so long, milliseconds: a busy machine plays fewer stories. */
const ENOUGH_MS = 75_000;
/** An event whose news never shows is looked at so often; one that waits longer is stuck. */
const MOST_LOOKS = 6;

const repository = fc.constantFrom('team/a', 'team/b', 'c');
const tag = fc.constantFrom('v1', 'v2', 'v3');
const seed = fc.constantFrom('1', '2', '3');

/** What people do at the registry. */
const change = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('push' as const), repository, tag, seed }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('index' as const), repository, tag, seed }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retag' as const), repository, tag, to: tag }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), repository, tag }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('untag' as const), repository, tag }) },
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** What becomes of notifications; those that are kept come later. */
const delivery = fc.record({
  kind: fc.constant('deliver' as const),
  how: fc.constantFrom('in order', 'reversed', 'doubled', 'the first', 'the last', 'lost'),
});

const at = fc.nat({ max: 45 });
/** What happens in the middle of a job: to the process, at the registry, or through another process. */
const interruption = fc.option(
  fc.oneof(
    fc.record({ what: fc.constant('kill' as const), at }),
    fc.record({ what: fc.constant('changes' as const), at, changes: fc.array(change, { minLength: 1, maxLength: 3 }) }),
    fc.record({ what: fc.constant('another' as const), at, changes: fc.array(change, { maxLength: 2 }) }),
  ),
);
/** From which request on the registry misbehaves, and for how many. */
const fault = fc.option(
  fc.record({
    at: fc.constantFrom(0, 0, 0, 1, 2, 3, 5, 8, 12),
    lasts: fc.constantFrom(1, 1, 2, 3, Infinity),
    how: fc.constantFrom('500', 'hangup', 'html', 'plain 404', 'cut short', 'cut short', 'cut short', 'circle'),
  }),
  { freq: 3 },
);
const job = fc.record({
  kind: fc.constant('job' as const),
  what: fc.constantFrom('events', 'events', 'names', 'deep'),
  strategy: fc.constantFrom('update-delete' as const, 'update-delete' as const, 'update' as const),
  /** Whether time passes before: backoffs end, absences may be confirmed. */
  late: fc.boolean(),
  interruption,
  fault,
});
type JobStep = typeof job extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof(
  { weight: 6, arbitrary: change },
  { weight: 4, arbitrary: delivery },
  { weight: 5, arbitrary: job },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function apply(one: Change, fake: FakeRegistry): void {
  const held = fake.snapshot().get(one.repository);
  const digest = held?.get(one.tag);
  if (one.kind === 'push') fake.putImage(one.repository, one.tag, { seed: one.seed });
  else if (one.kind === 'index') fake.putIndex(one.repository, one.tag, [{ seed: one.seed }, { seed: `${one.seed}'` }]);
  else if (digest === undefined) return;
  else if (one.kind === 'retag') fake.retag(one.repository, one.tag, one.to);
  else if (one.kind === 'delete') fake.deleteManifest(one.repository, digest);
  else fake.deleteTag(one.repository, one.tag);
}

async function deliver(world: ModelWorld, how: string): Promise<void> {
  const waiting = world.undelivered;
  if (how === 'the first') return world.deliver(waiting.splice(0, 1));
  if (how === 'the last') return world.deliver(waiting.splice(-1));
  const all = waiting.splice(0);
  if (how === 'reversed') await world.deliver(all.toReversed());
  else if (how !== 'lost') await world.deliver(how === 'doubled' ? [...all, ...all] : all);
}

/** The job, with what is to happen in its middle. */
function jobOf(world: ModelWorld, { interruption, fault }: JobStep): Job {
  let asked = 0;
  const faultOf = (request: SeenRequest): Fault | null => {
    const n = asked++;
    return fault !== null && n >= fault.at && n < fault.at + fault.lasts ? faultFor(fault.how, request) : null;
  };
  if (interruption === null) return { interruption: null, faultOf };
  const { what } = interruption;
  const meet = async (inTransaction: boolean): Promise<'kill' | 'later' | 'met'> => {
    if (what === 'kill') return 'kill';
    if (inTransaction) return 'later';
    for (const one of interruption.changes) world.change((fake) => apply(one, fake));
    if (what === 'another') {
      // Whoever is held up for so long has lost what it held.
      await deliver(world, 'in order');
      await world.releaseTheDead();
      await world.drain(HEALTHY);
    }
    return 'met';
  };
  return { interruption: { at: interruption.at, meet }, faultOf };
}

function faultFor(how: string, { path }: SeenRequest): Fault | null {
  const json = { 'content-type': 'application/json' };
  switch (how) {
    case 'hangup':
      return 'hangup';
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>hello</html>' };
    case 'plain 404':
      return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' };
    case 'cut short':
      // A listing that is not whole and does not say so, as storage that lags behind gives it.
      if (path === '/v2/_catalog') return { status: 200, headers: json, body: '{"repositories":["c"]}' };
      if (path.endsWith('/tags/list')) return { status: 200, headers: json, body: '{"tags":["v1"]}' };
      return null;
    case 'circle': {
      const link = `<${path}?last=c&n=3>; rel="next"`;
      if (path === '/v2/_catalog') return { status: 200, headers: { ...json, link }, body: '{"repositories":["c"]}' };
      return null;
    }
    default:
      return { status: 500, headers: json, body: '{"errors":[{"code":"UNKNOWN","message":"unknown error"}]}' };
  }
}

async function play(world: ModelWorld, one: Step): Promise<void> {
  if (one.kind === 'deliver') return deliver(world, one.how);
  if (one.kind !== 'job') return world.change((fake) => apply(one, fake));
  const how = jobOf(world, one);
  if (one.late) await world.passTime();
  if (one.what === 'events') return world.drain(how);
  await world.releaseTheDead();
  await world.sync(one.what === 'deep' ? 'deep' : 'names', one.strategy, how);
}

/** What still waits is worked off, through whatever is left to happen. */
async function workOff(world: ModelWorld): Promise<void> {
  for (let look = 0; look < MOST_LOOKS && (await world.waitingEvents()) > 0; look++) {
    await world.passTime();
    await world.drain(HEALTHY);
  }
  expect(await world.waitingEvents()).toBe(0);
}

/** One deep pass, and its confirmation. */
async function syncDeeply(world: ModelWorld): Promise<void> {
  // An emptied registry leads to no removal: give it something to list.
  world.change((fake) => fake.putImage('z', 'v1', { silent: true }));
  for (let pass = 0; pass < 2; pass++) {
    await world.passTime();
    await world.sync('deep', 'update-delete', HEALTHY);
  }
}

const databases: TestDatabase[] = [];
beforeAll(async () => {
  for (let i = 0; i < LANES; i++) databases.push(await TestDatabase.create({ relaxed: true }));
});
afterAll(async () => {
  for (const database of databases) await database.drop();
});

/** Plays one story and checks the promises: P1 where every notification came at last, P2 whatever was lost, and P3. */
async function check(database: TestDatabase, flavour: Flavour, steps: Step[]): Promise<void> {
  const world = await ModelWorld.create(database, flavour);
  for (const one of steps) await play(world, one);
  const lost = steps.some((one) => one.kind === 'deliver' && one.how === 'lost');
  if (lost) world.undelivered.length = 0;
  await deliver(world, 'in order');
  await workOff(world);
  // Where every notification came, no sync is needed for that.
  if (lost) await syncDeeply(world);
  await expectEqual(world);
  expect(world.wrongs).toEqual([]);
}

async function expectEqual(world: ModelWorld): Promise<void> {
  expect(Object.fromEntries(await world.shown())).toEqual(Object.fromEntries(world.held()));
}

describe('whatever is lost, doubled or reordered, and whoever is killed or held up at whatever step', () => {
  it(
    'a deep pass and its confirmation make the catalog equal, and no row went that the registry had',
    async () => {
      let runs = 0;
      const began = performance.now();
      await fuzz(ROUNDS, async (seed) => {
        if (FUZZ_SECONDS === null && performance.now() - began > ENOUGH_MS) return;
        const lane = async (database: TestDatabase, n: number) => {
          const property = fc.asyncProperty(
            fc.constantFrom<Flavour>('2.8', '3'),
            fc.array(step, { minLength: 1, maxLength: 14 }),
            async (flavour, steps) => {
              runs += 1;
              await check(database, flavour, steps);
            },
          );
          await fc.assert(property, { seed: seed * LANES + n, numRuns: RUNS_OF_A_ROUND });
        };
        await Promise.all(databases.map(lane));
      });
      expect(runs).toBeGreaterThan(0);
      process.stdout.write(`${runs} stories in ${Math.round((performance.now() - began) / 1_000)} s\n`);
    },
    240_000 + (FUZZ_SECONDS ?? 0) * 1_000,
  );
});
