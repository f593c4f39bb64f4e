import { paced, type Send } from './harness/paced.js';
import type { Program } from './harness/program.js';
import { keep } from './harness/row.js';
import { Site } from './harness/site.js';

/** Repositories and tags of each: the model is made of the first size, and asked about the second. */
const [SMALL, LARGE] = [
  { repositories: 500, tags: 20 },
  { repositories: 2_500, tags: 20 },
];
/** Per second, alone at the small size and together at the large one; and for so many seconds. */
const RATES = { token: 60, push: 25, pull: 60 };
const [ALONE_SECONDS, TOGETHER_SECONDS, IDLE_SECONDS] = [6, 10, 4];
/** Requests before any is counted, so that code and credentials are warm. */
const WARM = 100;
/** Predictions may be off by this much, to either side. */
const TOLERANCE = 2;

type Kind = keyof typeof RATES;
type Cpu = Record<'api' | 'worker' | 'database', number>;
const KINDS = Object.keys(RATES) as Kind[];
const PROCESSES = ['api', 'worker', 'database'] as const;

interface Model {
  /** Processor milliseconds per second while nothing happens. */
  idle: Cpu;
  /** Processor milliseconds of one piece of work, until all that follows from it is done. */
  cost: Record<Kind, Cpu>;
  bytesPerTag: number;
}

async function atSize<T>(size: typeof SMALL, work: (site: Site, worker: Program) => Promise<T>): Promise<T> {
  const site = await Site.build(size.repositories, size.tags);
  try {
    return await work(site, await site.house.startWorker());
  } finally {
    await site.remove();
  }
}

async function calibrate(site: Site, worker: Program): Promise<Model> {
  const bytesPerTag = await site.bytesPerTag();
  await warmUp(site);
  const idle = await spent(site, worker, () => sleep(IDLE_SECONDS));
  const cost = {} as Record<Kind, Cpu>;
  for (const kind of KINDS) {
    let count = 0;
    const cpu = await spent(site, worker, async () => {
      count = await paced(RATES[kind], ALONE_SECONDS, senderOf(site, kind), WARM);
      await site.untilIdle();
    });
    const of = (name: keyof Cpu) => Math.max(0, (cpu.ms[name] - idle.perSecond[name] * cpu.seconds) / count);
    cost[kind] = { api: of('api'), worker: of('worker'), database: of('database') };
    process.stdout.write(`cost of a ${kind}: ${texts(cost[kind], 'ms')}\n`);
  }
  process.stdout.write(`idle: ${texts(idle.perSecond, 'ms/s')}; ${bytesPerTag.toFixed(0)} bytes per tag\n`);
  return { idle: idle.perSecond, cost, bytesPerTag };
}

async function check({ idle, cost, bytesPerTag }: Model, site: Site, worker: Program): Promise<void> {
  const tags = LARGE.repositories * LARGE.tags;
  report('scale-bytes', 'MB of the catalog', (bytesPerTag * tags) / 1e6, ((await site.bytesPerTag()) * tags) / 1e6);
  await warmUp(site);
  const counts = {} as Record<Kind, number>;
  const cpu = await spent(site, worker, async () => {
    const all = KINDS.map(async (kind) => {
      counts[kind] = await paced(RATES[kind], TOGETHER_SECONDS, senderOf(site, kind), WARM);
    });
    await Promise.all(all);
    await site.untilIdle();
  });
  for (const name of PROCESSES) {
    const work = KINDS.reduce((sum, kind) => sum + cost[kind][name] * counts[kind], 0);
    report(`scale-${name}`, 'ms of processor time', work + idle[name] * cpu.seconds, cpu.ms[name]);
  }
}

async function warmUp(site: Site): Promise<void> {
  for (const kind of KINDS) await paced(WARM, 1, senderOf(site, kind));
  await site.untilIdle();
}

const senderOf = (site: Site, kind: Kind): Send => site[kind];

async function spent(site: Site, worker: Program, work: () => Promise<void>) {
  const [begun, before] = [performance.now(), await site.cpu(worker)];
  await work();
  const after = await site.cpu(worker);
  const seconds = (performance.now() - begun) / 1_000;
  const ms = Object.fromEntries(PROCESSES.map((name) => [name, after[name] - before[name]])) as Cpu;
  const perSecond = Object.fromEntries(PROCESSES.map((name) => [name, ms[name] / seconds])) as Cpu;
  return { seconds, ms, perSecond };
}

function report(name: string, unit: string, predicted: number, measured: number): void {
  const ratio = predicted / measured;
  const size = `${LARGE.repositories * LARGE.tags} tags, predicted from ${SMALL.repositories * SMALL.tags}`;
  process.stdout.write(
    `${name} ratio=${ratio.toFixed(2)} predicted=${predicted.toFixed(0)} measured=${measured.toFixed(0)} ${unit} (${size})\n`,
  );
  keep({ name, ratio, predicted, measured, unit });
  if (ratio > TOLERANCE || ratio < 1 / TOLERANCE) process.exitCode = 1;
}

const texts = (cpu: Cpu, unit: string): string =>
  PROCESSES.map((name) => `${name} ${cpu[name].toFixed(2)} ${unit}`).join(', ');

const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

const model = await atSize(SMALL, calibrate);
await atSize(LARGE, (site, worker) => check(model, site, worker));
