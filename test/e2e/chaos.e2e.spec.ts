import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BuiltImage } from '../factories/image.js';
import { Chaos, numbersOf, type Victim } from '../support/chaos.js';
import { crashScenes, type CrashHouse } from '../support/crash-scenes.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { Skopeo } from '../support/skopeo.js';
import type { Program } from '../support/program.js';
import { until } from '../support/until.js';

const CLIENTS = 4;
/** CHAOS_CHANGES plays more or fewer, CHAOS_SEED the same kills and changes once more. */
const CHANGES = { redis: numberOf('CHAOS_CHANGES') ?? 500, postgres: numberOf('CHAOS_CHANGES') ?? 150 };
const IMAGES = 12;
const REPOSITORIES = 6;
const TAGS = 8;
/** Every so many changes one is a deletion. */
const DELETIONS = 4;
const PATIENCE_MS = 300_000;
const LONGEST_MS = 900_000;

const OPTIONS = {
  workers: 3,
  balanced: true,
  ownPostgres: true,
  strategy: 'update-delete',
  // Seldom enough that notifications do the most.
  env: { PORTUS_BACKGROUND_SYNC_INTERVAL: '15', PORTUS_BACKGROUND_SYNC_DEEP_INTERVAL: '20' },
} as const;

/** What the clients of one house do. */
class Clients {
  failures = 0;
  changes = 0;
  private readonly kept: { image: BuiltImage; source: string }[] = [];
  /** `repository digest` → tags that ever were that. */
  private readonly tagged = new Map<string, Set<string>>();
  private readonly gone = new Set<string>();

  constructor(
    private readonly house: CrashHouse,
    private readonly skopeo: Skopeo,
    private readonly random: () => number,
  ) {}

  async prepare(): Promise<void> {
    for (let i = 0; i < IMAGES; i++) {
      const image = buildCompressedImage({ seed: `chaos ${i}` });
      this.kept.push({ image, source: await this.skopeo.keep(image) });
    }
  }

  /** Makes so many changes, each of which is tried until it is done. */
  async make(changes: number): Promise<void> {
    let left = changes;
    const client = async (): Promise<void> => {
      while (left-- > 0) await (left % DELETIONS === 0 ? this.delete() : this.push());
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
  }

  /** Every tag that a deletion may have taken along went for a reason. */
  tellDeleted(): void {
    for (const key of this.gone) this.house.noteDeleted(key.split(' ')[0]!, this.tagged.get(key)!);
  }

  private pick(most: number): number {
    return Math.floor(this.random() * most);
  }

  private async push(): Promise<void> {
    const repository = `chaos/app-${this.pick(REPOSITORIES)}`;
    const [tag, { image, source }] = [`v${this.pick(TAGS)}`, this.kept[this.pick(IMAGES)]!];
    const key = `${repository} ${image.manifest.digest}`;
    this.tagged.set(key, (this.tagged.get(key) ?? new Set()).add(tag));
    await this.done(`push ${repository}:${tag}`, async () => {
      const { code, output } = await this.skopeo.pushFrom(source, `${repository}:${tag}`);
      return code === 0 ? null : output;
    });
  }

  private async delete(): Promise<void> {
    const known = [...this.tagged];
    const [key] = known[this.pick(known.length)] ?? [''];
    const [repository = '', digest = ''] = key.split(' ');
    if (digest === '') return;
    this.gone.add(key);
    await this.done(`delete ${key}`, async () => {
      const { stack } = this.house;
      const token = await stack.signToken([{ type: 'repository', name: repository, actions: ['delete'] }], 'admin');
      const url = `${stack.registry.url}/v2/${repository}/manifests/${digest}`;
      const answer = await fetch(url, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
      await answer.body?.cancel();
      return [202, 404].includes(answer.status) ? null : `answered ${answer.status}`;
    });
  }

  private async done(what: string, attempt: () => Promise<string | null>): Promise<void> {
    const tried = async (): Promise<true> => {
      const problem = await attempt();
      if (problem === null) return true;
      this.failures += 1;
      throw new Error(problem);
    };
    await until(what, tried, { timeoutMs: PATIENCE_MS, everyMs: 100 });
    this.changes += 1;
  }
}

function victimsOf(house: CrashHouse, apis: Program[]): Victim[] {
  const { workers, redis, postgres, registry } = house.stack;
  const program = (name: string, one: Program): Victim => ({
    name,
    kill: () => one.kill(),
    start: () => one.start(),
  });
  const victims = [
    ...apis.map((one, i) => program(`api ${i}`, one)),
    ...workers.map((one, i) => program(`worker ${i}`, one)),
    { name: 'registry', kill: () => registry.stop('SIGKILL'), start: () => registry.start() },
    { name: 'postgres', kill: () => postgres!.stop('SIGKILL'), start: () => postgres!.start() },
  ];
  if (redis) victims.push({ name: 'redis', kill: () => redis.stop('SIGKILL'), start: () => redis.start() });
  return victims;
}

crashScenes(
  'chaos',
  OPTIONS,
  (house, queues) => {
    let skopeo: Skopeo;
    let apis: Program[];
    beforeAll(async () => {
      apis = [house().stack.api, await house().stack.addApi()];
      skopeo = await Skopeo.as(house().stack.registryHost, house().stack.admin);
    });
    afterAll(() => skopeo?.remove());

    it(
      `${CHANGES[queues]} changes by four clients while everything is killed: the catalog equals the registry`,
      async () => {
        const seed = numberOf('CHAOS_SEED') ?? randomInt(2 ** 31);
        const clients = new Clients(house(), skopeo, numbersOf(seed + 1));
        await clients.prepare();
        const chaos = new Chaos(victimsOf(house(), apis), numbersOf(seed), () => clients.changes);
        const began = performance.now();
        chaos.begin();
        try {
          await clients.make(CHANGES[queues]);
        } finally {
          await chaos.end();
        }
        const changed = performance.now();
        clients.tellDeleted();
        await house().settle();
        const seconds = (from: number, to: number): string => `${Math.round((to - from) / 1_000)} s`;
        process.stdout.write(
          `CHAOS_SEED=${seed}: ${CHANGES[queues]} changes in ${seconds(began, changed)} (${clients.failures} attempts failed), ` +
            `${chaos.killed.length} kills, equal after ${seconds(changed, performance.now())}\n`,
        );
        expect(new Set(chaos.killed).size).toBeGreaterThan(3);
        expect(Object.keys(await house().stack.catalogOfDatabase()).length).toBeGreaterThan(1);
      },
      LONGEST_MS,
    );
  },
  ['PORTUS_TEST_SKOPEO'],
);

function numberOf(name: string): number | null {
  const text = process.env[name];
  return text ? Number(text) : null;
}
