import { addressOf, type ListRoute, listRoutes } from '../test/support/list-routes.js';
import { READER, type Side, withBigHouses } from './harness/big-houses.js';
import { ADMIN } from './harness/house.js';
import { keep } from './harness/row.js';
import { quantile } from './harness/sample.js';
import { basic } from './harness/token-requests.js';

const LIMIT = 1.5;
/** Requests to each side. */
const REQUESTS = 40 * Number(process.env['BENCH_ROUNDS'] ?? 3);
/** The first requests fill caches of statements and pages, of either side. */
const WARM = 10;

/** Milliseconds, 95th percentile: of 5 000 tags, and of 500 000. */
interface Compared {
  small: number;
  big: number;
  ratio: number;
}

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
    const urls = await Promise.all(sides.map((side) => urlOf(route, side)));
    const firsts = await Promise.all(urls.map((url) => ask(url, authorization)));
    if (firsts.some(({ status }) => status !== 200)) continue;
    const pages: [Measured['page'], URL[]][] = [['first', urls]];
    const cursors = firsts.map(({ cursor }) => cursor);
    if (cursors.every((cursor) => cursor !== null))
      pages.push(['cursor', urls.map((url, i) => behind(url, cursors[i]!))]);
    for (const [page, both] of pages) {
      results.push({ list: route.template, page, as, ...(await judge(both, authorization)) });
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

async function ask(url: URL, authorization: string): Promise<{ status: number; cursor: string | null; ms: number }> {
  const begun = performance.now();
  const answer = await fetch(url, { headers: { authorization } });
  await answer.arrayBuffer();
  return { status: answer.status, cursor: answer.headers.get('x-next-cursor'), ms: performance.now() - begun };
}

/** What is above the limit is measured twice more, and the middle counts: one pause of the machine makes a 95th percentile. */
async function judge(urls: URL[], authorization: string): Promise<Compared> {
  const first = await compare(urls, authorization);
  if (first.ratio <= LIMIT) return first;
  const all = [first, await compare(urls, authorization), await compare(urls, authorization)];
  return all.toSorted((a, b) => a.ratio - b.ratio)[1]!;
}

/** One request to each in turn, so that what slows the machine slows both. */
async function compare(urls: URL[], authorization: string): Promise<Compared> {
  const times: [number[], number[]] = [[], []];
  for (let i = -WARM; i < REQUESTS; i += 1) {
    for (const [side, url] of urls.entries()) {
      const { ms } = await ask(url, authorization);
      if (i >= 0) times[side]!.push(ms);
    }
  }
  const [small95, big95] = times.map((taken) =>
    quantile(
      taken.toSorted((a, b) => a - b),
      0.95,
    ),
  );
  return { small: small95!, big: big95!, ratio: big95! / small95! };
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
