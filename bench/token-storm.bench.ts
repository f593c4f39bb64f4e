import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { ADMIN, hasRedis, House } from './harness/house.js';
import { measureLoad } from './harness/load.js';
import { measureRow } from './harness/row.js';
import type { Sample } from './harness/sample.js';
import { basic, expectGrants, SERVICE, tokenRequest } from './harness/token-requests.js';

const LOAD = { connections: 16, seconds: 5 };
const REPOSITORIES = ['admin/app'];
/** Connections of those who guess. `token-storm`: the queue of the hasher never runs dry; `-full`: it is always full. */
const ATTACKERS = { 'token-storm': 24, 'token-storm-full': 256 };
/** Before who was turned away comes back, milliseconds. */
const PAUSE_MS = 500;
/** Of a full queue: each address fills its share. */
const ADDRESSES = 10;

const house = await House.build({ queues: hasRedis() ? 'redis' : 'postgres', registry: SERVICE });
try {
  const api = await house.startApi({ PORTUS_TRUSTED_PROXIES: '127.0.0.1' });
  const authorization = basic(ADMIN.username, ADMIN.password);
  await expectGrants(api.url, authorization, REPOSITORIES);
  const warm = () => measureLoad(api.url, { ...LOAD, request: tokenRequest(authorization, REPOSITORIES) });
  for (const [name, attackers] of Object.entries(ATTACKERS)) {
    await measureRow({
      name,
      what: `warm GET /v2/token while ${attackers} connections guess passwords, against the same in peace`,
      unit: 'req/s',
      rounds: 3,
      ours: () => inStorm(api.url, attackers, warm),
      limit: warm,
    });
  }
} finally {
  await house.remove();
}

/**
 * Runs `work` while others guess: each time another user and another password. Few guess from anywhere; many from a few
 * addresses, which is how a queue is filled. Who is turned away comes back after a moment, as clients do.
 */
async function inStorm(url: string, attackers: number, work: () => Promise<Sample>): Promise<Sample> {
  const agent = new Agent({ connections: attackers });
  const storm = new AbortController();
  const answers = { judged: 0, busy: 0 };
  const from = (i: number) =>
    attackers > 100 ? `198.51.100.${i % ADDRESSES}` : `198.51.${randomInt(256)}.${randomInt(256)}`;
  const attack = async (_: unknown, i: number): Promise<void> => {
    while (!storm.signal.aborted) {
      const headers = {
        authorization: basic(`somebody-${randomInt(1e9)}`, `wrong-${randomInt(1e9)}`),
        'x-forwarded-for': from(i),
      };
      const answer = await request(`${url}/v2/token?service=${SERVICE}`, { dispatcher: agent, headers });
      const text = await answer.body.text();
      if (answer.statusCode === 401) answers.judged += 1;
      if (text.includes('are being checked')) answers.busy += 1;
      if (answer.statusCode === 429) await setTimeout(PAUSE_MS);
    }
  };
  const all = Array.from({ length: attackers }, attack);
  const end = async (): Promise<void> => {
    storm.abort();
    await Promise.all(all);
    await agent.close();
  };
  const sample = await work().finally(end);
  if (answers.judged < 24) throw new Error(`only ${answers.judged} wrong passwords were judged: that is no storm`);
  if (attackers > 200 && answers.busy === 0) throw new Error('the queue of the hasher was never full');
  return sample;
}
