import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiInProcess } from '../support/api-in-process.js';
import { credentialsOf, resetWorld, signedInPage } from '../support/authorization/world.js';
import { OPERATIONS } from '../support/contract/document.js';
import { type Fuzzed, requestsTo } from '../support/contract/fuzzed-request.js';
import { takeFaults } from '../support/contract/watch.js';
import { fuzz } from '../support/fuzz.js';

/** About half a minute. */
const ROUNDS = 8;
/** Requests on one world: administrators among the callers take it apart. */
const REQUESTS_OF_A_WORLD = 8;

/** Ends only when its reader goes, which nobody does who is asked without a socket. */
const ENDLESS = 'GET /api/v1/events/stream';

const asked = OPERATIONS.filter(({ path, key }) => path.startsWith('/api/v1/') && key !== ENDLESS);
const operations = asked.map((placed) => ({
  placed,
  requests: requestsTo(placed),
}));

describe('requests of every operation, made from the OpenAPI document', () => {
  let api: ApiInProcess;
  beforeAll(async () => {
    api = await ApiInProcess.start({ PORTUS_ANONYMOUS_BROWSING_ENABLED: 'true' });
  });
  afterAll(() => api.stop());

  it('are never answered with an error of our own, nor with anything that the document does not know', async () => {
    const good = new Set<string>();
    await fuzz(ROUNDS, async (seed) => {
      const order = fc.sample(fc.shuffledSubarray(operations, { minLength: operations.length }), {
        seed,
        numRuns: 1,
      })[0]!;
      const faults = new Set<string>();
      for (const [i, { placed, requests }] of order.entries()) {
        if (i % REQUESTS_OF_A_WORLD === 0) await resetWorld(api.database);
        const request = fc.sample(requests, { seed: seed * 1_000 + i, numRuns: 1 })[0]!;
        const { status, fault } = await ask(request, placed.key);
        if (status < 300) good.add(placed.key);
        if (fault !== null) faults.add(fault);
      }
      if (faults.size > 0) throw new Error([...faults].slice(0, 20).join('\n\n'));
    });
    // Requests that are all refused at the door would find nothing.
    const share = good.size / operations.length;
    expect(share, `only ${good.size} of ${operations.length} operations ever answered 2xx`).toBeGreaterThan(0.7);
  });

  async function ask(request: Fuzzed, key: string): Promise<{ status: number; fault: string | null }> {
    const { caller, method, url, payload } = request;
    const credentials = caller === 'no CSRF' ? signedInPage() : credentialsOf(caller);
    const headers = { ...request.headers, ...credentials };
    const answer = await api.app.inject({
      method: method as 'GET',
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    const text = `${caller}: ${method} ${url.slice(0, 500)} ${JSON.stringify(request.headers)} ${payload?.slice(0, 1_000) ?? ''}`;
    const faults = [...takeFaults(), ...ownErrors(answer.statusCode, answer.body, key)];
    const what = `${text}\n→ ${answer.statusCode} ${answer.body.slice(0, 500)}`;
    return { status: answer.statusCode, fault: faults.length === 0 ? null : `${faults.join('\n')}\n${what}` };
  }
});

/** The registry of this world is away, which is what 503 may say; nothing else may be missing. */
function ownErrors(status: number, body: string, key: string): string[] {
  if (status < 500 || key === 'GET /api/v1/health') return [];
  return status === 503 && /registry/.test(body) ? [] : [`an answer ${status}`];
}
