import { freePort, type RealRegistry, startRealRegistry } from '../test/support/real-registry.js';
import { OwnRedis } from '../test/support/own-redis.js';
import { ADMIN, House } from './harness/house.js';
import { measureLoad } from './harness/load.js';
import { measureRow } from './harness/row.js';
import type { Sample } from './harness/sample.js';
import { basic, expectGrants, tokenRequest } from './harness/token-requests.js';

const LOAD = { connections: 32, seconds: 5 };
const REPOSITORIES = ['admin/app'];

/** A house with all that stands beside the api: worker, Redis, registry, each its own. */
interface Site {
  measure: () => Promise<Sample>;
  /** SIGKILL to all of it but the api and the database. */
  killOthers: () => Promise<void>;
  remove: () => Promise<void>;
}

const sites: Site[] = [];
try {
  const complete = await buildSite();
  const alone = await buildSite();
  await alone.killOthers();
  await measureRow({
    name: 'token-alone',
    what: 'GET /v2/token with worker, Redis and registry killed, against the same with all of them alive',
    unit: 'req/s',
    ours: alone.measure,
    limit: complete.measure,
  });
} finally {
  for (const site of sites) await site.remove();
}

async function buildSite(): Promise<Site> {
  const port = await freePort();
  const service = `127.0.0.1:${port}`;
  const house = await House.build({ queues: 'redis', registry: service });
  const redis = await OwnRedis.start();
  const registry = await startRegistry(house, port);
  const api = await house.startApi({ REDIS_URL: redis.url });
  const worker = await house.startWorker({ REDIS_URL: redis.url });
  const authorization = basic(ADMIN.username, ADMIN.password);
  await expectGrants(api.url, authorization, REPOSITORIES, service);
  const request = tokenRequest(authorization, REPOSITORIES, service);
  const site: Site = {
    measure: () => measureLoad(api.url, { ...LOAD, request }),
    killOthers: async () => {
      process.kill(worker.pid, 'SIGKILL');
      await redis.stop('SIGKILL');
      await registry.stop('SIGKILL');
    },
    remove: async () => {
      await house.remove();
      await registry.remove();
      await redis.stop();
    },
  };
  sites.push(site);
  return site;
}

async function startRegistry(house: House, port: number): Promise<RealRegistry> {
  const binary = process.env['PORTUS_TEST_REGISTRY_28'] ?? process.env['PORTUS_TEST_REGISTRY_3'];
  if (!binary) throw new Error('there is no registry to kill');
  return startRealRegistry({ binary, port, auth: house.registryAuth });
}
