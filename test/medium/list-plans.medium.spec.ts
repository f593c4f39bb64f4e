import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiInProcess, type Known, type Said } from '../support/api-in-process.js';
import { fillCatalog } from '../support/big-catalog.js';
import { addressOf, type ListRoute, listRoutes } from '../support/list-routes.js';

/** Large enough that the planner reads no table as a whole where it has an index. */
const SIZE = { repositories: 8_000, tags: 8, teams: 6_000, users: 6_000, logged: 20_000 };
/** Tables with fewer rows are read as a whole rightly. */
const LARGE = 5_000;

interface Asked {
  text: string;
  values: unknown[];
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Plan[];
}

let api: ApiInProcess;
let reader: Known;
let large: Set<string>;
const asked = new Map<string, Asked>();

/** Whatever the api asks its database, however it does so. */
function record(query: unknown, values: unknown): void {
  const { text, values: own } = typeof query === 'string' ? { text: query, values } : (query as Partial<Asked>);
  if (typeof text === 'string') asked.set(text, { text, values: (own ?? values ?? []) as unknown[] });
}

beforeAll(async () => {
  api = await ApiInProcess.start();
  reader = await api.person('reader');
  await fillCatalog((text, values) => api.database.sql.query(text, values), SIZE, 'reader');
  const rows = await api.database.sql.query<{ name: string }>(
    'SELECT relname AS name FROM pg_class WHERE reltuples >= $1',
    [LARGE],
  );
  large = new Set(rows.map(({ name }) => name));
  const query = pg.Client.prototype.query;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    record(args[0], args[1]);
    return (query as (...args: unknown[]) => unknown).apply(this, args) as never;
  });
}, 120_000);
afterAll(async () => {
  vi.restoreAllMocks();
  await api?.stop();
});

/** The first page, one by its number and one behind a cursor. */
async function walk(url: URL, as?: Known): Promise<Said<unknown>> {
  const options = as ? { as } : {};
  const get = (parameters: Record<string, string>) => {
    const query = new URLSearchParams([...url.searchParams, ...Object.entries(parameters)]);
    return api.get(`${url.pathname.replace('/api/v1', '')}?${query.toString()}`, options);
  };
  const first = await get({});
  const next = first.headers['x-next-cursor'];
  if (first.status === 200 && next !== undefined) expect((await get({ cursor: String(next) })).status).toBe(200);
  if (first.headers['x-total'] !== undefined) expect((await get({ page: '3' })).status).toBe(200);
  return first;
}

function wholeTables(plan: Plan): string[] {
  const own = plan['Node Type'] === 'Seq Scan' && large.has(plan['Relation Name']!) ? [plan['Relation Name']!] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(wholeTables)];
}

async function explain({ text, values }: Asked): Promise<string[]> {
  if (!/^\s*(SELECT|WITH)\b/i.test(text)) return [];
  const [row] = await api.database.sql.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (FORMAT JSON) ${text}`,
    values,
  );
  return wholeTables(row!['QUERY PLAN'][0].Plan).map((table) => `${table}: ${text.replaceAll(/\s+/g, ' ')}`);
}

async function plansOf(route: ListRoute, as?: Known): Promise<string[]> {
  const url = await addressOf(route, (text) => api.database.sql.query(text));
  asked.clear();
  for (const sort of [null, ...route.sorts]) {
    for (const order of sort === null ? [null] : ['asc', 'desc']) {
      if (sort !== null) url.searchParams.set('sort_attr', sort);
      if (order !== null) url.searchParams.set('sort_order', order);
      const { status, body } = await walk(url, as);
      if (!as) expect([status, JSON.stringify(body).slice(0, 200)]).toEqual([200, expect.any(String)]);
    }
  }
  const found = [];
  // What is asked to explain is recorded too.
  const all = Array.from(asked.values());
  for (const one of all) found.push(...(await explain(one)));
  return found;
}

describe.each(listRoutes())('GET $template', (route) => {
  it('reads no large table as a whole, in any order, on any page', async () => {
    expect(await plansOf(route)).toEqual([]);
    expect(await plansOf(route, reader)).toEqual([]);
  });
});
