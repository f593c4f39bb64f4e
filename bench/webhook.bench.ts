import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Request } from 'autocannon';
import { hasRedis, House, type QueueStore, WEBHOOK_SECRET } from './harness/house.js';
import { measureLoad } from './harness/load.js';
import { measureRow } from './harness/row.js';

const LOAD = { connections: 32, seconds: 5 };
const REPOSITORIES = 500;
const CAPTURED = readFileSync('test/vectors/events/v28-push-manifest-new-tag.json', 'utf8');
const EVENT_ID = '0dfb9dd5-1539-4a41-8f50-836f92505de0';
const REPOSITORY = '"repository": "team/app"';

if (!CAPTURED.includes(EVENT_ID) || !CAPTURED.includes(REPOSITORY)) throw new Error('the captured event has changed');
if (hasRedis()) await measure('webhook', 'redis');
await measure('webhook-postgres', 'postgres');

async function measure(name: string, queues: QueueStore): Promise<void> {
  const house = await House.build({ queues, registry: 'registry.bench:5000' });
  try {
    const [api, limit] = [await house.startApi(), await house.startLimit('webhook')];
    const load = { ...LOAD, request: eventRequest() };
    const emptied = async (url: string) => {
      // Each run begins with empty tables, so that the last one has no larger indexes than the first.
      await house.sql.query('TRUNCATE registry_events, bench_inbox');
      return measureLoad(url, load);
    };
    await measureRow({
      name,
      what: `a push notification accepted, queues on ${queues}, against one insert of the same bytes in bare Fastify`,
      unit: 'req/s',
      ours: () => emptied(api.url),
      limit: () => emptied(limit.url),
    });
  } finally {
    await house.remove();
  }
}

/** The captured notification, each time with a new id and about the next repository. */
function eventRequest(): Request {
  const headers = {
    'content-type': 'application/vnd.docker.distribution.events.v1+json',
    authorization: `Bearer ${WEBHOOK_SECRET}`,
  };
  let count = 0;
  const setupRequest = (request: Request): Request => {
    count += 1;
    const repository = `"repository": "team/app-${count % REPOSITORIES}"`;
    return { ...request, body: CAPTURED.replace(EVENT_ID, randomUUID()).replace(REPOSITORY, repository) };
  };
  return { method: 'POST', path: '/v2/webhooks/events', headers, body: CAPTURED, setupRequest };
}
