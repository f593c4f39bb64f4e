import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { inParallel } from '#catalog/in-parallel.js';
import { MANIFEST_ACCEPT } from '#registry/wire.js';
import { freePort, startRealRegistry } from '../test/support/real-registry.js';
import { until } from '../test/support/until.js';
import { hasRedis, House, type QueueStore, WEBHOOK_SECRET } from './harness/house.js';
import { type PushedImage, pushImages } from './harness/images.js';
import { measureRow } from './harness/row.js';
import type { Sample } from './harness/sample.js';

const IMAGES = 1_000;
/** Repositories that a worker reads at once, and the connections of its client: both as they are by default. */
const CONCURRENCY = 4;
const CONNECTIONS = 8;
const RUN_TIMEOUT_MS = 120_000;

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
    await fillInbox(house, api.url, images);
    await house.startWorker();
    await measureRow({
      name,
      what: `pushed images from the inbox into the catalog, queues on ${queues}, against the registry answering their manifests`,
      unit: 'images/s',
      ours: () => workOff(house, api.url, images),
      limit: () => readManifests(agent, registry.url, images),
    });
  } finally {
    await agent.close();
    await house.remove();
    await registry.remove();
  }
}

/** The registry is asked for the same manifests, by tag, with the same headers, as many at a time as a worker does. */
async function readManifests(agent: Agent, url: string, images: readonly PushedImage[]): Promise<Sample> {
  return timed(async () => {
    await inParallel(images, CONCURRENCY, async ({ repository, tag, token }) => {
      const headers = { accept: MANIFEST_ACCEPT, authorization: `Bearer ${token}` };
      const answer = await request(`${url}/v2/${repository}/manifests/${tag}`, { dispatcher: agent, headers });
      await answer.body.arrayBuffer();
      if (answer.statusCode !== 200) throw new Error(`${repository}: the registry answers ${answer.statusCode}`);
    });
  });
}

/** From the ring, with all events waiting, until no event waits; the catalog is then checked to hold every tag. */
async function workOff(house: House, apiUrl: string, images: readonly PushedImage[]): Promise<Sample> {
  await forget(house);
  await house.sql.query(`UPDATE registry_events SET next_attempt_at = now()`);
  const sample = await timed(async () => {
    // A worker is told by the api, as always: when a notification has come in.
    await notify(apiUrl, images[0]!, 'ring');
    await until('every event is handled', () => isWorkedOff(house), { timeoutMs: RUN_TIMEOUT_MS, everyMs: 5 });
  });
  const { rows } = await house.sql.query<{ tags: number }>('SELECT count(*)::int AS tags FROM tags');
  if (rows[0]?.tags !== IMAGES) throw new Error(`the catalog holds ${rows[0]?.tags} of ${IMAGES} tags`);
  return sample;
}

async function timed(work: () => Promise<void>): Promise<Sample> {
  const begun = performance.now();
  await work();
  return { rate: (IMAGES * 1000) / (performance.now() - begun) };
}

async function isWorkedOff(house: House): Promise<boolean> {
  const waiting = `SELECT 1 FROM registry_events WHERE state IN ('received', 'failed') LIMIT 1`;
  return (await house.sql.query(waiting)).rowCount === 0;
}

/** Puts the events into the inbox through the door; nobody works on them before they are due. */
async function fillInbox(house: House, apiUrl: string, images: readonly PushedImage[]): Promise<void> {
  await inParallel(images, CONCURRENCY, (image) => notify(apiUrl, image, 'push'));
  await postpone(house);
}

/** The catalog is empty again, and every push waits in the inbox, not yet due. */
async function forget(house: House): Promise<void> {
  await house.sql.query(`DELETE FROM registry_events WHERE event_id LIKE 'ring-%'`);
  await postpone(house);
  await house.sql.query('TRUNCATE repositories, repository_leases, scan_reports CASCADE');
  await house.sql.query('VACUUM ANALYZE');
}

async function postpone(house: House): Promise<void> {
  await house.sql.query(
    `UPDATE registry_events SET state = 'received', reason = NULL, attempts = 0, processed_at = NULL, next_attempt_at = 'infinity'`,
  );
}

/** What the registry says after a push. */
async function notify(apiUrl: string, image: PushedImage, kind: 'push' | 'ring'): Promise<void> {
  const { repository, tag, digest, mediaType, size } = image;
  const event = {
    id: `${kind}-${randomUUID()}`,
    timestamp: new Date().toISOString(),
    action: 'push',
    target: { mediaType, size, digest, length: size, repository, tag, url: '' },
    request: { id: randomUUID(), method: 'PUT' },
    actor: { name: 'admin' },
    source: { addr: 'bench', instanceID: 'bench' },
  };
  const headers = {
    'content-type': 'application/vnd.docker.distribution.events.v1+json',
    authorization: `Bearer ${WEBHOOK_SECRET}`,
  };
  const body = JSON.stringify({ events: [event] });
  const answer = await request(`${apiUrl}/v2/webhooks/events`, { method: 'POST', headers, body });
  await answer.body.dump();
  if (answer.statusCode !== 202) throw new Error(`the notification was answered ${answer.statusCode}`);
}
