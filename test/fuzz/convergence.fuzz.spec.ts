import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Fault, Flavour, SeenRequest } from '../fakes/registry.js';
import { fuzz } from '../support/fuzz.js';
import { HEALTHY, type Job, ModelWorld } from '../support/model/model-world.js';
import { apply, faultFor, type JobStep, type Step, step } from '../support/model/story.js';
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
/** The bounded run is the same stories on every machine: about a minute of them, more where others are at work too. */
const ROUNDS = 20;
/** An event whose news never shows is looked at so often; one that waits longer is stuck. */
const MOST_LOOKS = 6;

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

async function play(world: ModelWorld, one: Step): Promise<void> {
  world.log.push(fc.stringify(one));
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
    world.log.push(`look ${look + 1} at what still waits`);
    await world.passTime();
    await world.drain(HEALTHY);
  }
  expect(await world.waitingEvents(), 'events that still wait').toBe(0);
}

/** One deep pass, and its confirmation. */
async function syncDeeply(world: ModelWorld): Promise<void> {
  // An emptied registry leads to no removal: give it something to list.
  world.change((fake) => fake.putImage('z', 'v1', { silent: true }));
  // A pass that finds repositories in the hands of a run beside it is no whole one; the next would be.
  world.log.push('syncs that were left');
  await world.passTime();
  await world.resume(HEALTHY);
  for (const pass of ['deep pass', 'confirmation']) {
    world.log.push(pass);
    await world.passTime();
    await world.sync('deep', 'update-delete', HEALTHY);
    expect(await world.latestSync(), pass).toMatchObject({ state: 'done', failed: 0 });
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
  try {
    await playAll(world, steps);
    await expectEqual(world);
    expect(world.wrongs, 'what no commit may do').toEqual([]);
  } catch (cause) {
    throw new Error(await storyOf(world, cause as Error), { cause });
  }
}

async function playAll(world: ModelWorld, steps: Step[]): Promise<void> {
  for (const one of steps) await play(world, one);
  const lost = steps.some((one) => one.kind === 'deliver' && one.how === 'lost');
  if (lost) world.undelivered.length = 0;
  await deliver(world, 'in order');
  await workOff(world);
  // Where every notification came, no sync is needed for that.
  if (lost) await syncDeeply(world);
}

async function expectEqual(world: ModelWorld): Promise<void> {
  expect(Object.fromEntries(await world.shown()), 'the catalog').toEqual(Object.fromEntries(world.held()));
}

/** All that one needs to know when it does not happen again: the difference, and each step of each process. */
async function storyOf(world: ModelWorld, { message }: Error): Promise<string> {
  const shown = await world.shown().catch((error: Error) => error.message);
  return [
    message,
    `wrongs: ${fc.stringify(world.wrongs)}`,
    `the registry holds: ${fc.stringify(world.held())}`,
    `the catalog shows: ${fc.stringify(shown)}`,
    ...world.log,
  ].join('\n');
}

describe('whatever is lost, doubled or reordered, and whoever is killed or held up at whatever step', () => {
  it('a deep pass and its confirmation make the catalog equal, and no row went that the registry had', async () => {
    let runs = 0;
    const began = performance.now();
    await fuzz(ROUNDS, async (seed) => {
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
  });
});
