import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startRealRegistry } from '../test/support/real-registry.js';
import { hasRedis, House } from './harness/house.js';
import { fillInbox, untilComplete, workOff } from './harness/inbox.js';
import { measureRow } from './harness/row.js';
import type { Sample } from './harness/sample.js';
import { manyManifests, writeStorage } from './harness/storage.js';

const IMAGES = 2_000;

const binary = process.env['PORTUS_TEST_REGISTRY_28'] ?? process.env['PORTUS_TEST_REGISTRY_3'];
if (!binary) throw new Error('there is no registry on this machine');
const dataDir = mkdtempSync(join(tmpdir(), 'portus-bench-storage-'));
const manifests = manyManifests(IMAGES);
const pushes = manifests.map(({ digest }, i) => ({ repository: `team-${i % 10}/app-${i}`, tag: 'v1', digest }));
writeStorage(
  dataDir,
  manifests.map((manifest, i) => ({ name: pushes[i]!.repository, tags: new Map([['v1', manifest]]) })),
);
const port = await freePort();
const house = await House.build({ queues: hasRedis() ? 'redis' : 'postgres', registry: `127.0.0.1:${port}` });
const registry = await startRealRegistry({ binary, port, dataDir, auth: house.registryAuth });
try {
  const api = await house.startApi();
  await house.startWorker();
  const handled = async (): Promise<Sample> => {
    await fillInbox(house, pushes);
    const begun = performance.now();
    await workOff(house, api.url, pushes);
    const rate = (IMAGES * 1000) / (performance.now() - begun);
    await untilComplete(house);
    return { rate };
  };
  await measureRow({
    name: 'two-workers',
    what: 'pushed images into the catalog by two workers, against one, with registry and database on the same machine',
    unit: 'images/s',
    rounds: 3,
    ours: async () => {
      const second = await house.startWorker();
      const sample = await handled();
      await second.stop();
      return sample;
    },
    limit: handled,
  });
} finally {
  await house.remove();
  await registry.remove();
  rmSync(dataDir, { recursive: true, force: true });
}
