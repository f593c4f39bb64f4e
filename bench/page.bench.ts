import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { until } from '../test/support/until.js';
import { READER, type Side, withBigHouses } from './harness/big-houses.js';
import { keep } from './harness/row.js';
import { median } from './harness/sample.js';

const LIMIT = 1.5;
/** Visits to each side, each by a browser that has nothing in its cache. */
const VISITS = 7 * Number(process.env['BENCH_ROUNDS'] ?? 3);
/** The first visits fill caches of statements and pages, of either side. */
const WARM = 2;

type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

/** Milliseconds since the visit began. */
interface Visit {
  /** First contentful paint. */
  paint: number;
  /** Until what was looked for stands on the page. */
  shown: number;
  /** Bytes of compressed JavaScript. */
  script: number;
}

/** Run by the page: what it took so far; null while it is not shown. */
const TAKEN = `(() => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
  const shown = globalThis.shownAfter;
  if (paint === undefined || shown === undefined) return null;
  const scripts = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'));
  return { paint, shown, script: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) };
})()`;

const executablePath = process.env['PORTUS_TEST_CHROMIUM'];
if (!executablePath) throw new Error('PORTUS_TEST_CHROMIUM is not set: this benchmark needs a browser');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  await withBigHouses((sides) => measure(browser, sides));
} finally {
  await browser.close();
}

async function measure(chrome: Browser, sides: readonly [Side, Side]): Promise<void> {
  const sessions = await Promise.all(sides.map((side) => signIn(chrome, side)));
  const paths = await Promise.all(sides.map(listPath));
  const visits: [Visit[], Visit[]] = [[], []];
  const starts: Visit[] = [];
  for (let i = -WARM; i < VISITS; i += 1) {
    for (const [side, { api }] of sides.entries()) {
      const list = await visit(chrome, `${api.url}${paths[side]!}`, sessions[side]!, 'table tbody tr');
      if (i >= 0) visits[side]!.push(list);
    }
    const start = await visit(chrome, `${sides[1].api.url}/users/sign_in`, null, 'h1');
    if (i >= 0) starts.push(start);
  }
  report(visits, starts);
}

async function signIn(chrome: Browser, { api }: Side): Promise<Session> {
  const context = await chrome.newContext({ baseURL: api.url });
  const page = await context.newPage();
  await page.goto('/users/sign_in');
  await page.getByLabel('User name').fill(READER.username);
  await page.getByRole('textbox', { name: 'Password' }).fill(READER.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  const session = await context.storageState();
  await context.close();
  return session;
}

/** The page of a repository that the reader sees, and that has as many tags in either house. */
async function listPath({ house }: Side): Promise<string> {
  const { rows } = await house.sql.query<{ id: number }>(
    `SELECT min(p.id) AS id FROM repositories p JOIN namespaces n ON n.id = p.namespace_id WHERE n.visibility = 'public'`,
  );
  return `/repositories/${rows[0]!.id}`;
}

/** Run by the page: when what matches is there for the first time. */
function noteWhenShown(wanted: string): string {
  return `new MutationObserver((_, observer) => {
    if (document.querySelector(${JSON.stringify(wanted)}) === null) return;
    globalThis.shownAfter = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });`;
}

async function visit(chrome: Browser, url: string, session: Session | null, wanted: string): Promise<Visit> {
  const context = await chrome.newContext(session === null ? {} : { storageState: session });
  const page = await context.newPage();
  await page.addInitScript(noteWhenShown(wanted));
  await page.goto(url);
  await page.locator(wanted).first().waitFor();
  const taken = await until('the page was painted', () => page.evaluate<Visit | null>(TAKEN));
  await context.close();
  return taken;
}

function report([small, big]: [Visit[], Visit[]], starts: Visit[]): void {
  const of = (visits: Visit[], what: keyof Visit) => median(visits.map((one) => one[what]));
  const tell = (name: string, visits: Visit[]) => {
    const [paint, shown, script] = [of(visits, 'paint'), of(visits, 'shown'), of(visits, 'script')];
    const numbers = `paint=${paint.toFixed(0)} shown=${shown.toFixed(0)} ms javascript=${(script / 1_000).toFixed(0)} kB`;
    process.stdout.write(`page ${numbers} ${name}\n`);
  };
  tell('sign-in', starts);
  tell('tag list of 5 000 tags', small);
  tell('tag list of 500 000 tags', big);
  const what = 'time until a tag list is shown, nothing cached, at 500 000 tags against 5 000';
  const ratio = of(big, 'shown') / of(small, 'shown');
  const sides = `small=${of(small, 'shown').toFixed(0)} big=${of(big, 'shown').toFixed(0)} ms`;
  process.stdout.write(`page ratio=${ratio.toFixed(2)} limit=${LIMIT} ${sides} (${what})\n`);
  keep({ name: 'page', what, ratio, limit: LIMIT, results: { starts, small, big } });
}
