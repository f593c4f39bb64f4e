import { Agent, request } from 'undici';
import { inParallel } from '#catalog/in-parallel.js';
import { MANIFEST_ACCEPT } from '#registry/wire.js';
import { freePort, startRealRegistry } from '../test/support/real-registry.js';
import { cpuPer, cpuTimes } from './harness/cpu.js';
import { hasRedis, House, type QueueStore } from './harness/house.js';
import { type PushedImage, pushImages } from './harness/images.js';
import { fillInbox, untilComplete, workOff } from './harness/inbox.js';
import { measureRow } from './harness/row.js';
import type { Sample } from './harness/sample.js';

const IMAGES = 1_000;
/** Repositories that a worker reads at once, and the connections of its client: both as they are by default. */
const CONCURRENCY = 4;
const CONNECTIONS = 8;

const binary = process.env['PORTUS_TEST_REGISTRY_28'] ?? process.env['PORTUS_TEST_REGISTRY_3'];
if (!binary) throw new Error('there is no registry on this machine');
if (hasRedis()) await measure('events-to-catalog', 'redis');
await measure('events-to-catalog-postgres', 'postgres');

async function measure(name: string, queues: QueueStore): Promise<void> {
  const port = await freePort();
  const house = await House.build({ queues, registry: `127.0.0.1:${port}` });
  const registry = await startRealRegistry({ binary: binary!, port, auth: house.registryAuth });
  const agent = new Agent({ connections: CONNECTIONS });
  try {
    const images = await pushImages(house, registry.url, IMAGES);
    const api = await house.startApi();
    const worker = await house.startWorker();
    const processes = { worker: worker.pid, registry: registry.pid, database: await house.databasePid() };
    const timed = async (work: () => Promise<void>): Promise<Sample> => {
      const [begun, cpu] = [performance.now(), cpuTimes(processes)];
      await work();
      const rate = (IMAGES * 1000) / (performance.now() - begun);
      return { rate, cpu: cpuPer(IMAGES, cpu, cpuTimes(processes)) };
    };
    const ours = async (work: () => Promise<void>): Promise<Sample> => {
      await fillInbox(house, images);
      const sample = await timed(work);
      await untilComplete(house);
      return sample;
    };
    await measureRow({
      name,
      what: `pushed images from the inbox into the catalog, queues on ${queues}, against the registry answering their manifests`,
      unit: 'images/s',
      ours: () => ours(() => workOff(house, api.url, images)),
      limit: () => timed(() => readAll(agent, registry.url, images, ['manifests'])),
    });
    if (queues === 'postgres') return;
    await measureRow({
      name: 'events-to-complete',
      what: 'the same until platform, date and labels are there too, against the registry answering manifests and configurations',
      unit: 'images/s',
      rounds: 3,
      ours: () => ours(() => workOff(house, api.url, images).then(() => untilComplete(house))),
      limit: () => timed(() => readAll(agent, registry.url, images, ['manifests', 'blobs'])),
    });
  } finally {
    await agent.close();
    await house.remove();
    await registry.remove();
  }
}

/** The registry is asked for the same, by tag, with the same headers, as many at a time as a worker does. */
async function readAll(
  agent: Agent,
  url: string,
  images: readonly PushedImage[],
  kinds: readonly ('manifests' | 'blobs')[],
): Promise<void> {
  await inParallel(images, CONCURRENCY, async ({ repository, tag, configDigest, token }) => {
    for (const kind of kinds) {
      const headers = { accept: MANIFEST_ACCEPT, authorization: `Bearer ${token}` };
      const path = `${repository}/${kind}/${kind === 'blobs' ? configDigest : tag}`;
      const answer = await request(`${url}/v2/${path}`, { dispatcher: agent, headers });
      await answer.body.arrayBuffer();
      if (answer.statusCode !== 200) throw new Error(`${path}: the registry answers ${answer.statusCode}`);
    }
  });
}
