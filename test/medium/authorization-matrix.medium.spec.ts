import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiInProcess } from '../support/api-in-process.js';
import { requestTo } from '../support/authorization/requests.js';
import { type Expected, expectations, expectedIn, keyIn, row } from '../support/authorization/table.js';
import {
  CALLERS,
  type Caller,
  credentialsOf,
  resetWorld,
  VISIBILITIES,
  type Visibility,
} from '../support/authorization/world.js';
import { OPERATIONS, type Placed } from '../support/contract/document.js';

/** No operations of the API: pages and their files, which know no rights, and what comes with each GET. */
const NOT_OF_THE_API = /^GET \/(?!api\/v1\/|v2\/)|^HEAD /;
/** What the visibility of a namespace may make a difference for. */
const IN_NAMESPACES = /\/(namespaces|repositories|tags|tag_alarms|sboms|vulnerabilities|deletions|explain)(\/|$)/;
/** Routes with authorization of their own: docs/token-auth.md, docs/webhooks.md. */
const WIRE = / \/v2(\/|$)/;

let api: ApiInProcess;
beforeAll(async () => {
  api = await ApiInProcess.start({ PORTUS_ANONYMOUS_BROWSING_ENABLED: 'true' });
});
afterAll(() => api.stop());

const operations = OPERATIONS.filter(({ path }) => path.startsWith('/api/v1/'));
const table = expectations();

describe('docs/api-permissions.md', () => {
  it('has a row for each route of the running application, and for no other', () => {
    const routes = api.routes
      .filter((route) => !NOT_OF_THE_API.test(route) && !WIRE.test(route))
      .map((route) => route.replace(/:(\w+)/g, '{$1}'));
    const unknown = routes.filter((route) => !operations.some(({ key }) => key === route));
    expect(unknown, 'routes without an operation in the OpenAPI document').toEqual([]);
    const shown = VISIBILITIES.flatMap((visibility) =>
      routes.filter((key) => visibility === 'private' || IN_NAMESPACES.test(key)).map((key) => keyIn(visibility, key)),
    );
    expect(
      [...table.keys()].filter((key) => !shown.includes(key)),
      'rows without a route',
    ).toEqual([]);
  });

  it('is about every operation of the OpenAPI document', () => {
    expect(
      operations.map(({ key }) => key).filter((key) => !api.routes.includes(key.replace(/\{(\w+)\}/g, ':$1'))),
    ).toEqual([]);
  });

  it.each(cases())('%s, %s', async (key, visibility, placed) => {
    const answered = await everybodyAsks(placed, visibility);
    const name = keyIn(visibility, key);
    const expected = expectedIn(table, visibility, key);
    if (expected === undefined) {
      expect.fail(
        `no expectation in docs/api-permissions.md. If this is what it should be, add:\n${row(name, answered)}`,
      );
    }
    expect(row(name, answered)).toBe(row(name, expected));
  });

  it('says once what is the same in namespaces of any visibility', () => {
    const twice = cases()
      .filter(([key, visibility]) => visibility !== 'private' && table.has(keyIn(visibility, key)))
      .filter(([key, visibility]) => row('', table.get(keyIn(visibility, key))!) === row('', table.get(key)!));
    expect(twice.map(([key, visibility]) => keyIn(visibility, key))).toEqual([]);
  });
});

function cases(): [string, Visibility, Placed][] {
  return VISIBILITIES.flatMap((visibility) =>
    operations
      .filter(({ key }) => visibility === 'private' || IN_NAMESPACES.test(key))
      .map((placed): [string, Visibility, Placed] => [placed.key, visibility, placed]),
  );
}

/** Each caller finds the world as it was before. */
async function everybodyAsks(placed: Placed, visibility: Visibility): Promise<Expected> {
  const answered: Partial<Expected> = {};
  let clean = false;
  for (const caller of CALLERS) {
    if (!clean) await resetWorld(api.database, visibility);
    answered[caller] = await ask(placed, caller);
    clean = placed.method === 'GET' || answered[caller]! >= 400;
  }
  return answered as Expected;
}

async function ask(placed: Placed, caller: Caller): Promise<number> {
  const { method, url, body } = requestTo(placed);
  const headers = credentialsOf(caller);
  const payload = body === undefined ? {} : { payload: body as object };
  const answer = await api.app.inject({ method: method as 'GET', url, headers, ...payload });
  return answer.statusCode;
}
