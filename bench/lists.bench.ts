import { addressOf, type ListRoute, listRoutes } from '../test/support/list-routes.js';
import { READER, type Side, withBigHouses } from './harness/big-houses.js';
import { ADMIN } from './harness/house.js';
import { keep } from './harness/row.js';
import { ask, type Compared, judge } from './harness/side-by-side.js';
import { basic } from './harness/token-requests.js';

const LIMIT = 1.5;

interface Measured extends Compared {
  list: string;
  page: 'first' | 'cursor';
  as: string;
}

await withBigHouses(async (sides) => {
  const results: Measured[] = [];
  for (const route of listRoutes()) results.push(...(await measureList(route, sides)));
  report(results);
});

async function measureList(route: ListRoute, sides: readonly [Side, Side]): Promise<Measured[]> {
  const results: Measured[] = [];
  for (const [as, who] of Object.entries({ admin: ADMIN, reader: READER })) {
    const authorization = basic(who.username, who.password);
    const urls = [await urlOf(route, sides[0]), await urlOf(route, sides[1])] as const;
    const firsts = await Promise.all(urls.map((url) => ask(url, authorization)));
    if (firsts.some(({ status }) => status !== 200)) continue;
    const pages: [Measured['page'], readonly [URL, URL]][] = [['first', urls]];
    const [few, many] = firsts.map(({ cursor }) => cursor);
    if (few && many) pages.push(['cursor', [behind(urls[0], few), behind(urls[1], many)]]);
    for (const [page, both] of pages) {
      results.push({ list: route.template, page, as, ...(await judge({ urls: both, authorization })) });
    }
  }
  if (results.length === 0) throw new Error(`nobody may see ${route.template}`);
  return results;
}

async function urlOf(route: ListRoute, { house, api }: Side): Promise<URL> {
  const url = await addressOf(route, async (text) => (await house.sql.query<Record<string, unknown>>(text)).rows);
  return new URL(`${url.pathname}${url.search}`, api.url);
}

function behind(url: URL, cursor: string): URL {
  const next = new URL(url);
  next.searchParams.set('cursor', cursor);
  return next;
}

function report(results: Measured[]): void {
  for (const { list, page, as, ratio, small: few, big: many } of results) {
    const numbers = `ratio=${ratio.toFixed(2)} p95 small=${few.toFixed(1)} big=${many.toFixed(1)} ms`;
    process.stdout.write(`lists ${numbers} GET ${list} (${page} page, ${as})\n`);
  }
  const worst = results.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const what = 'p95 of each list, first page and cursor, at 500 000 tags against 5 000';
  process.stdout.write(
    `lists ratio=${worst.ratio.toFixed(2)} limit=${LIMIT} worst of ${results.length}: ${worst.list} (${what})\n`,
  );
  keep({ name: 'lists', what, ratio: worst.ratio, limit: LIMIT, results });
}
