import { freePort, startRealRegistry } from '../test/support/real-registry.js';
import { until } from '../test/support/until.js';
import { hasRedis, House } from './harness/house.js';
import { type PushedImage, pushImages } from './harness/images.js';
import { fillInbox, untilComplete, workOff } from './harness/inbox.js';
import { measureRow } from './harness/row.js';
import type { Sample } from './harness/sample.js';
import { ADAPTER, BenchAdapter, stockImages } from './harness/scan-adapter.js';

const IMAGES = 1_000;
/** Images that wait for the scanner all the time. */
const WAITING = 20_000;
/** Scans at a time: more than any scanner has by default. Each takes a second, which is less than real ones do. */
const CONCURRENCY = 4;
const SCAN_MS = 1_000;
const FINDINGS = 50;

const binary = process.env['PORTUS_TEST_REGISTRY_28'] ?? process.env['PORTUS_TEST_REGISTRY_3'];
if (!binary) throw new Error('there is no registry on this machine');
const port = await freePort();
const house = await House.build({ queues: hasRedis() ? 'redis' : 'postgres', registry: `127.0.0.1:${port}` });
const registry = await startRealRegistry({ binary, port, auth: house.registryAuth });
const adapter = await BenchAdapter.start({ scanMs: SCAN_MS, findings: FINDINGS });
try {
  const images = await pushImages(house, registry.url, IMAGES);
  const api = await house.startApi();
  await measureRow({
    name: 'events-while-scanning',
    what: 'pushed images from the inbox into the catalog while every slot of the scanner is taken and 20 000 images wait, against no scanner',
    unit: 'images/s',
    rounds: 5,
    ours: () => measured(api.url, images, true),
    limit: () => measured(api.url, images, false),
  });
} finally {
  adapter.close();
  await house.remove();
  await registry.remove();
}

async function measured(apiUrl: string, images: readonly PushedImage[], scanning: boolean): Promise<Sample> {
  const worker = await house.startWorker(scanning ? adapter.settings(CONCURRENCY) : {});
  try {
    await until(
      'it knows its scanners',
      async () => (await house.count('scanners WHERE enabled AND NOT backfilled')) === 0,
    );
    // A worker that has just started is twice as slow, by what it compiles meanwhile.
    await fillInbox(house, images);
    await workOff(house, apiUrl, images);
    await untilComplete(house);
    await fillInbox(house, images);
    await store(scanning);
    const busy = async () => (await house.count(`scans WHERE state = 'running'`)) === CONCURRENCY;
    if (scanning) await until('every slot is taken', busy, { timeoutMs: 60_000 });
    const begun = performance.now();
    await workOff(house, apiUrl, images);
    const rate = (IMAGES * 1000) / (performance.now() - begun);
    if (scanning) await until('every slot is still taken', busy);
    await untilComplete(house);
    return { rate };
  } finally {
    await worker.stop();
  }
}

/** Images that were pushed before; where there is a scanner they are planned, and wait for it. */
async function store(scanning: boolean): Promise<void> {
  await stockImages(house, WAITING, true);
  if (scanning)
    await house.sql.query(
      `INSERT INTO scans (target_id, scanner, priority) SELECT id, '${ADAPTER}', 1 FROM scan_targets`,
    );
  await house.sql.query('VACUUM ANALYZE scan_targets, scans, manifests');
}
