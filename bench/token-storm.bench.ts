import { randomInt } from 'node:crypto';
import { Agent, request } from 'undici';
import { ADMIN, hasRedis, House } from './harness/house.js';
import { measureLoad } from './harness/load.js';
import { measureRow } from './harness/row.js';
import type { Sample } from './harness/sample.js';
import { basic, expectGrants, SERVICE, tokenRequest } from './harness/token-requests.js';

const LOAD = { connections: 16, seconds: 5 };
const REPOSITORIES = ['admin/app'];
/** More than are hashed at once: the queue of the hasher never runs dry. */
const ATTACKERS = 24;

const house = await House.build({ queues: hasRedis() ? 'redis' : 'postgres', registry: SERVICE });
try {
  const api = await house.startApi({ PORTUS_TRUSTED_PROXIES: '127.0.0.1' });
  const authorization = basic(ADMIN.username, ADMIN.password);
  await expectGrants(api.url, authorization, REPOSITORIES);
  const warm = () => measureLoad(api.url, { ...LOAD, request: tokenRequest(authorization, REPOSITORIES) });
  await measureRow({
    name: 'token-storm',
    what: 'warm GET /v2/token while wrong passwords come from many addresses, against the same in peace',
    unit: 'req/s',
    rounds: 3,
    ours: () => inStorm(api.url, warm),
    limit: warm,
  });
} finally {
  await house.remove();
}

/** Runs `work` while others guess: each time another user, another address, another password. */
async function inStorm(url: string, work: () => Promise<Sample>): Promise<Sample> {
  const agent = new Agent({ connections: ATTACKERS });
  const storm = new AbortController();
  let judged = 0;
  const attack = async (): Promise<void> => {
    while (!storm.signal.aborted) {
      const headers = {
        authorization: basic(`somebody-${randomInt(1e9)}`, `wrong-${randomInt(1e9)}`),
        'x-forwarded-for': `198.51.${randomInt(256)}.${randomInt(256)}`,
      };
      const answer = await request(`${url}/v2/token?service=${SERVICE}`, { dispatcher: agent, headers });
      await answer.body.dump();
      if (answer.statusCode === 401) judged += 1;
    }
  };
  const attackers = Array.from({ length: ATTACKERS }, attack);
  const end = async (): Promise<void> => {
    storm.abort();
    await Promise.all(attackers);
    await agent.close();
  };
  const sample = await work().finally(end);
  if (judged < ATTACKERS) throw new Error(`only ${judged} wrong passwords were judged: that is no storm`);
  return sample;
}
