import { ADMIN, hasRedis, House } from './harness/house.js';
import { measureLoad } from './harness/load.js';
import { measureRow } from './harness/row.js';
import { basic, expectGrants, giveApplicationToken, SERVICE, tokenRequest } from './harness/token-requests.js';

const LOAD = { connections: 32, seconds: 5 };
const REPOSITORIES = ['admin/app'];

await measure('token', 'ec', 5);
await measure('token-rs256', 'rsa', 3);

/** A warm password; with the usual key also an application token, which is found by its hash with every request. */
async function measure(name: string, key: 'ec' | 'rsa', rounds: number): Promise<void> {
  const algorithm = key === 'ec' ? 'ES256' : 'RS256';
  const house = await House.build({ queues: hasRedis() ? 'redis' : 'postgres', registry: SERVICE, key });
  try {
    const [api, limit] = [await house.startApi(), await house.startLimit('token')];
    const row = async (title: string, credential: string, secret: string): Promise<void> => {
      const request = tokenRequest(basic(ADMIN.username, secret), REPOSITORIES);
      await expectGrants(api.url, basic(ADMIN.username, secret), REPOSITORIES);
      await measureRow({
        name: title,
        what: `GET /v2/token with ${credential} against one HMAC, one point query, one ${algorithm} signature in bare Fastify`,
        unit: 'req/s',
        rounds,
        ours: () => measureLoad(api.url, { ...LOAD, request }),
        limit: () => measureLoad(limit.url, { ...LOAD, request }),
      });
    };
    await row(name, 'a warm password', ADMIN.password);
    if (key === 'ec') {
      await row(`${name}-application`, 'an application token', await giveApplicationToken(house, ADMIN.username));
    }
  } finally {
    await house.remove();
  }
}
