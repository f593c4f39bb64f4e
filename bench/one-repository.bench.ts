import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startRealRegistry } from '../test/support/real-registry.js';
import { hasRedis, House } from './harness/house.js';
import { fillInbox, type Push, untilComplete, workOff } from './harness/inbox.js';
import { measureRow } from './harness/row.js';
import type { Sample } from './harness/sample.js';
import { manyManifests, writeStorage } from './harness/storage.js';

const EVENTS = 10_000;
const ROUNDS = 3;

const binary = process.env['PORTUS_TEST_REGISTRY_28'] ?? process.env['PORTUS_TEST_REGISTRY_3'];
if (!binary) throw new Error('there is no registry on this machine');
const dataDir = mkdtempSync(join(tmpdir(), 'portus-bench-storage-'));
const manifests = manyManifests(EVENTS);
const many = manifests.map((manifest, i) => ({ name: `many-${i % 10}/app-${i}`, tags: new Map([['v1', manifest]]) }));
const one = { name: 'one/app', tags: new Map(manifests.map((manifest, i) => [`v${i}`, manifest])) };
writeStorage(dataDir, [...many, one]);
const port = await freePort();
const house = await House.build({ queues: hasRedis() ? 'redis' : 'postgres', registry: `127.0.0.1:${port}` });
const registry = await startRealRegistry({ binary, port, dataDir, auth: house.registryAuth });
try {
  const api = await house.startApi();
  await house.startWorker();
  const handled = async (pushes: readonly Push[]): Promise<Sample> => {
    await fillInbox(house, pushes);
    const begun = performance.now();
    await workOff(house, api.url, pushes);
    const rate = (EVENTS * 1000) / (performance.now() - begun);
    await untilComplete(house);
    return { rate };
  };
  await measureRow({
    name: 'one-repository',
    what: `${EVENTS} pushes of different tags, all to one repository, against one each to as many repositories`,
    unit: 'events/s',
    rounds: ROUNDS,
    ours: () => handled(manifests.map(({ digest }, i) => ({ repository: one.name, tag: `v${i}`, digest }))),
    limit: () => handled(manifests.map(({ digest }, i) => ({ repository: many[i]!.name, tag: 'v1', digest }))),
  });
} finally {
  await house.remove();
  await registry.remove();
  rmSync(dataDir, { recursive: true, force: true });
}
