import { decodeJwt } from 'jose';
import { ADMIN, hasRedis, House } from './harness/house.js';
import { measureLoad } from './harness/load.js';
import { measureRow } from './harness/row.js';

const SERVICE = 'registry.bench:5000';
const SCOPE = 'repository:admin/app:pull,push';
const LOAD = { connections: 32, seconds: 5 };

const house = await House.build({ queues: hasRedis() ? 'redis' : 'postgres', registry: SERVICE });
try {
  const [api, limit] = [await house.startApi(), await house.startLimit('token')];
  const authorization = `Basic ${Buffer.from(`${ADMIN.username}:${ADMIN.password}`).toString('base64')}`;
  const query = new URLSearchParams({ account: ADMIN.username, service: SERVICE, scope: SCOPE });
  const request = { method: 'GET', path: `/v2/token?${query.toString()}`, headers: { authorization } };
  await expectGrant(`${api.url}${request.path}`, authorization);
  await measureRow({
    name: 'token',
    what: 'warm GET /v2/token against one HMAC, one point query, one ES256 signature in bare Fastify',
    unit: 'req/s',
    ours: () => measureLoad(api.url, { ...LOAD, request }),
    limit: () => measureLoad(limit.url, { ...LOAD, request }),
  });
} finally {
  await house.remove();
}

/** Makes the credential warm, and makes sure that the requests are answered with what they ask for. */
async function expectGrant(url: string, authorization: string): Promise<void> {
  const answer = await fetch(url, { headers: { authorization } });
  const { token } = (await answer.json()) as { token: string };
  const { access } = decodeJwt<{ access: { actions: string[] }[] }>(token);
  if (access[0]?.actions.length !== 2) throw new Error(`the token grants ${JSON.stringify(access)}`);
}
