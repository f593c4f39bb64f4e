import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort, startRealRegistry } from '../test/support/real-registry.js';
import { until } from '../test/support/until.js';
import { hasRedis, House } from './harness/house.js';
import { type PushedImage, pushImages } from './harness/images.js';
import { fillInbox, untilComplete, workOff } from './harness/inbox.js';
import { measureRow } from './harness/row.js';
import type { Sample } from './harness/sample.js';

const IMAGES = 1_000;
/** Images that wait for the scanner all the time. */
const WAITING = 20_000;
/** Scans at a time: more than any scanner has by default. Each takes a second, which is less than real ones do. */
const CONCURRENCY = 4;
const SCAN_MS = 1_000;
const FINDINGS = 50;
const NAME = 'bench';
const REPORT = 'application/vnd.security.vulnerability.report; version=1.1';
const OCI = 'application/vnd.oci.image';

const binary = process.env['PORTUS_TEST_REGISTRY_28'] ?? process.env['PORTUS_TEST_REGISTRY_3'];
if (!binary) throw new Error('there is no registry on this machine');
const port = await freePort();
const house = await House.build({ queues: hasRedis() ? 'redis' : 'postgres', registry: `127.0.0.1:${port}` });
const registry = await startRealRegistry({ binary, port, auth: house.registryAuth });
const adapter = await startAdapter();
try {
  const images = await pushImages(house, registry.url, IMAGES);
  const api = await house.startApi();
  await measureRow({
    name: 'events-while-scanning',
    what: 'pushed images from the inbox into the catalog while every slot of the scanner is taken and 20 000 images wait, against no scanner',
    unit: 'images/s',
    rounds: 3,
    ours: () => measured(api.url, images, true),
    limit: () => measured(api.url, images, false),
  });
} finally {
  adapter.close();
  await house.remove();
  await registry.remove();
}

async function measured(apiUrl: string, images: readonly PushedImage[], scanning: boolean): Promise<Sample> {
  const url = `http://127.0.0.1:${(adapter.address() as AddressInfo).port}`;
  const adapters = JSON.stringify([{ name: NAME, url, concurrency: CONCURRENCY, sbom: false }]);
  const worker = await house.startWorker(scanning ? { PORTUS_SECURITY_ADAPTERS: adapters } : {});
  try {
    await until('it knows its scanners', async () => (await count('scanners WHERE enabled AND NOT backfilled')) === 0);
    await fillInbox(house, images);
    await store(scanning);
    const busy = async () => (await count(`scans WHERE state = 'running'`)) === CONCURRENCY;
    if (scanning) await until('every slot is taken', busy, { timeoutMs: 60_000 });
    const begun = performance.now();
    await workOff(house, apiUrl, images);
    const rate = (IMAGES * 1000) / (performance.now() - begun);
    if (scanning && !(await busy())) throw new Error('the scanner was not busy all the time');
    await untilComplete(house);
    return { rate };
  } finally {
    await worker.stop();
  }
}

async function count(what: string): Promise<number> {
  return (await house.sql.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${what}`)).rows[0]!.n;
}

/** Images that were pushed before; where there is a scanner they wait for it. */
async function store(scanning: boolean): Promise<void> {
  const stock = `'sha256:' || encode(sha256(('stock' || i)::bytea), 'hex')`;
  await house.sql.query(
    `WITH place AS (
       INSERT INTO repositories (registry_id, namespace_id, name, full_name)
       SELECT registry_id, id, 'stock', 'stock' FROM namespaces WHERE kind = 'global' LIMIT 1 RETURNING id, registry_id),
     made AS (
       INSERT INTO manifests (repository_id, digest, media_type, config_media_type, size, manifest_size)
       SELECT p.id, ${stock}, '${OCI}.manifest.v1+json', '${OCI}.config.v1+json', 1, 1 FROM place p, generate_series(1, ${WAITING}) i)
     INSERT INTO scan_targets (registry_id, digest, unplanned, state)
     SELECT p.registry_id, ${stock}, false, 'queued' FROM place p, generate_series(1, ${WAITING}) i`,
  );
  if (scanning)
    await house.sql.query(`INSERT INTO scans (target_id, scanner, priority) SELECT id, '${NAME}', 1 FROM scan_targets`);
  await house.sql.query('VACUUM ANALYZE scan_targets, scans, manifests');
}

/** A scanner of its own machine, as far as this one notices: it waits, and then has found something. */
async function startAdapter(): Promise<Server> {
  const vulnerabilities = Array.from({ length: FINDINGS }, (_, i) => ({
    id: `CVE-2099-${1_000 + i}`,
    package: `package-${i}`,
    version: '1.2.3',
    severity: 'High',
  }));
  const capabilities = [
    { type: 'vulnerability', consumes_mime_types: [`${OCI}.manifest.v1+json`], produces_mime_types: [REPORT] },
  ];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const json = (status: number, type: string, value: object): void =>
        void response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value));
      if (request.url === '/api/v1/metadata') return json(200, 'application/json', { scanner: {}, capabilities });
      if (request.method === 'POST') {
        const { artifact } = JSON.parse(Buffer.concat(chunks).toString()) as { artifact: { digest: string } };
        return json(202, 'application/json', { id: artifact.digest });
      }
      const digest = decodeURIComponent(request.url?.split('/')[4] ?? '');
      setTimeout(() => json(200, REPORT, { artifact: { digest }, vulnerabilities }), SCAN_MS);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
