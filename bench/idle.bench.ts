import { setTimeout as delay } from 'node:timers/promises';
import { hasRedis, House, type QueueStore } from './harness/house.js';
import { residentMb } from './harness/cpu.js';
import { keep } from './harness/row.js';
import { median } from './harness/sample.js';

/** Megabytes that api and worker may hold together. */
const MEMORY_LIMIT = 400;
/** Seconds until a program is ready, its database being there. */
const READY_LIMIT = 3;
const STARTS = Number(process.env['BENCH_ROUNDS'] ?? 5);
/** Memory is looked at for this long after the start, and the most of it counts. */
const IDLE_MS = 30_000;
const LOOK_MS = 1_000;

interface Start {
  api: number;
  worker: number;
  memory: { api: number; worker: number };
}

/** Starts both programs one after the other, and leaves them alone. */
async function startBoth(queues: QueueStore): Promise<Start> {
  const house = await House.build({ queues, registry: '127.0.0.1:9' });
  try {
    const timed = async (start: () => Promise<{ pid: number }>) => {
      const began = performance.now();
      const { pid } = await start();
      return { pid, seconds: (performance.now() - began) / 1_000 };
    };
    const [api, worker] = [await timed(() => house.startApi()), await timed(() => house.startWorker())];
    const memory = { api: 0, worker: 0 };
    for (const end = performance.now() + IDLE_MS; performance.now() < end; await delay(LOOK_MS)) {
      memory.api = Math.max(memory.api, residentMb(api.pid));
      memory.worker = Math.max(memory.worker, residentMb(worker.pid));
    }
    return { api: api.seconds, worker: worker.seconds, memory };
  } finally {
    await house.remove();
  }
}

function tell(name: string, unit: string, limit: number, ours: number, parts: Record<string, number>, what: string) {
  const each = Object.entries(parts).map(([part, value]) => `${part} ${value.toFixed(2)}`);
  const ratio = ours / limit;
  process.stdout.write(
    `${name} ratio=${ratio.toFixed(2)} limit=${limit} ours=${ours.toFixed(2)} ${unit} ${each.join(', ')} (${what})\n`,
  );
  keep({ name, what, unit, ratio, limit, ours, parts });
  if (ratio > 1) process.exitCode = 1;
}

async function measure(queues: QueueStore): Promise<void> {
  const starts: Start[] = [];
  for (let i = 0; i < STARTS; i++) starts.push(await startBoth(queues));
  const middle = (of: (start: Start) => number) => median(starts.map(of));
  const suffix = queues === 'redis' ? '' : '-postgres';
  const memory = { api: middle((start) => start.memory.api), worker: middle((start) => start.memory.worker) };
  const together = middle(({ memory: { api, worker } }) => api + worker);
  tell(`idle-memory${suffix}`, 'MB', MEMORY_LIMIT, together, memory, 'most that api and worker hold, doing nothing');
  const ready = { api: middle(({ api }) => api), worker: middle(({ worker }) => worker) };
  const slower = Math.max(ready.api, ready.worker);
  tell(`idle-ready${suffix}`, 's', READY_LIMIT, slower, ready, 'from its start to ready, the slower of the two');
}

if (hasRedis()) await measure('redis');
await measure('postgres');
