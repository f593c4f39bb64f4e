import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { until } from './until.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Where screenshots are left for people to look at. */
const PICTURES = '.test-output/screenshots';
/** What moves because somebody has just clicked or typed does not count. */
const SUM_SHIFTS = `new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries())
    if (!hadRecentInput) globalThis.shifted = (globalThis.shifted ?? 0) + value;
}).observe({ type: 'layout-shift', buffered: true });`;
/** A machine that is busy with other tests takes its time. */
const AT_REST_MS = 45_000;
const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;

export interface ViewOptions {
  size?: keyof typeof SIZES;
  look?: 'light' | 'dark';
  language?: string;
}

/** Chromium over the running product. Anything that the page's policy forbids, or that goes elsewhere, is remembered. */
export class TestBrowser {
  private readonly views: View[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly url: string,
  ) {}

  static async start(url: string): Promise<TestBrowser> {
    const executablePath = process.env['PORTUS_TEST_CHROMIUM'] ?? 'chromium';
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    return new TestBrowser(browser, url);
  }

  /** A browser of somebody else: no cookie, no cache. */
  async view({ size = 'wide', look = 'light', language = 'en' }: ViewOptions = {}): Promise<View> {
    const context = await this.browser.newContext({
      baseURL: this.url,
      viewport: SIZES[size],
      colorScheme: look,
      locale: language,
      reducedMotion: 'reduce',
    });
    const view = await View.open(context, this.url);
    this.views.push(view);
    return view;
  }

  /** Fails on faults of any view, also of one that nobody has closed. */
  async stop(): Promise<void> {
    await this.browser.close();
    expect(this.views.flatMap(({ faults }) => faults)).toEqual([]);
  }
}

/** One page of one person. */
export class View {
  /** What must never happen: broken policy, errors nobody caught, requests to other hosts, answers of 500 and above. */
  readonly faults: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(context: BrowserContext, url: string): Promise<View> {
    context.setDefaultTimeout(AT_REST_MS);
    const view = new View(context, await context.newPage());
    await view.page.addInitScript(SUM_SHIFTS);
    const origin = new URL(url).origin;
    view.page.on('console', (message) => {
      if (message.type() === 'error' && /Content.Security.Policy/i.test(message.text()))
        view.faults.push(message.text());
    });
    view.page.on('pageerror', (error) => view.faults.push(String(error)));
    view.page.on('request', (request) => {
      if (new URL(request.url()).origin !== origin) view.faults.push(`asks ${request.url()}`);
    });
    view.page.on('response', (response) => {
      if (response.status() >= 500 && new URL(response.url()).pathname !== '/api/v1/health')
        view.faults.push(`${response.status()} of ${response.url()}`);
    });
    return view;
  }

  /** Signs in by the page, as a person does. */
  async signIn(username: string, password: string): Promise<void> {
    await this.page.goto('/users/sign_in');
    await this.enter(username, password);
    await this.page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  }

  /** Fills the form of the sign-in page, which may have come by itself. */
  async enter(username: string, password: string): Promise<void> {
    await this.page.getByLabel('User name').fill(username);
    await this.page.getByRole('textbox', { name: 'Password' }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Waits until the page has its heading and nothing in it still loads. */
  async untilAtRest(): Promise<void> {
    const expression = `document.querySelector('h1') !== null && document.querySelector('[aria-busy="true"]') === null`;
    await until('the page is at rest', () => this.page.evaluate<boolean>(expression), { timeoutMs: AT_REST_MS });
  }

  /** How much of the page has moved under its reader's eyes since it was opened (cumulative layout shift). */
  async shift(): Promise<number> {
    return this.page.evaluate<number>('globalThis.shifted ?? 0');
  }

  /** By how many pixels the page is wider than its window. */
  async overflow(): Promise<number> {
    return this.page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - window.innerWidth)');
  }

  /** Fails on what axe calls serious or critical once the page is at rest: a menu that is just closing has no entries. */
  async expectAccessible(): Promise<void> {
    // By the debugger, not as an element of the page, which its policy would refuse.
    if (!(await this.page.evaluate<boolean>(`'axe' in globalThis`)))
      await this.page.evaluate(readFileSync(AXE, 'utf8'));
    await expect.poll(() => this.seriousFindings(), { timeout: AT_REST_MS, interval: 500 }).toEqual([]);
  }

  private async seriousFindings(): Promise<unknown[]> {
    const found = await this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
      return (await axe.run({ resultTypes: ['violations'] })).violations.map(({ id, impact, nodes }) => ({
        id,
        impact,
        where: nodes.map((node) => node.html.slice(0, 200)),
      }));
      interface Violation {
        id: string;
        impact: string;
        nodes: { html: string }[];
      }
    });
    return found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  }

  /** Leaves a picture behind. */
  async picture(name: string): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  }

  async close(): Promise<void> {
    await this.context.close();
    expect(this.faults.join('\n')).toBe('');
  }
}
