import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser } from '../support/browser.js';
import { firstFiles, pageSources, readManifest } from '../support/page-build.js';
import { scenes } from '../support/scenes.js';

/** Bytes of compressed JavaScript, before any page is shown. */
const FIRST_LOAD = 250_000;
const NEEDS = { flavours: ['2.8'], needs: ['PORTUS_TEST_CHROMIUM'] } as const;

scenes('the page: signing in', NEEDS, (house) => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await TestBrowser.start(house().url);
  });
  afterAll(() => browser.stop());

  it('lets a person in and out, and leads back to where the session ended', async () => {
    const alice = await house().createUser('alice', 'password of alice');
    const view = await browser.view();
    const { page } = view;
    await page.goto('/repositories?sort=name&order=desc');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await view.expectAccessible();
    await view.picture('sign-in');
    await page.getByLabel('User name').fill('alice');
    await page.getByRole('textbox', { name: 'Password' }).fill('a wrong password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The name or the password is wrong.').waitFor();
    await page.getByRole('textbox', { name: 'Password' }).fill(alice.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Repositories' }).waitFor();
    expect(new URL(page.url()).search).toBe('?sort=name&order=desc');
    await view.expectAccessible();
    await view.picture('repositories-empty');
    await page.getByRole('button', { name: 'alice', exact: true }).click();
    await page.getByText('Deutsch', { exact: true }).click();
    await page.getByRole('menuitem', { name: 'Abmelden' }).click();
    await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.evaluate('localStorage.clear()');
    await page.goto('/');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await view.close();
  });

  it('is kept by browsers where it never changes, and forbids them scripts of others', async () => {
    const page = await fetch(`${house().url}/`, { headers: { 'accept-encoding': 'br' } });
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const text = await page.text();
    const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(text) ?? [];
    const asset = await fetch(`${house().url}${script}`, { headers: { 'accept-encoding': 'br' } });
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-encoding')).toBe('br');
    expect((await fetch(`${house().url}/assets/..%2f..%2fpackage.json`)).status).toBe(404);
    expect((await fetch(`${house().url}/no/such/page`)).status).toBe(404);
    expect((await fetch(`${house().url}/manifest.json`)).status).toBe(404);
    const { headers } = asset;
    expect(headers.get('vary')).toContain('accept-encoding');
    // Said as a browser says it: fetch() of Node adds `no-cache` to a condition of our own, which asks for all of it.
    const condition = { 'if-none-match': page.headers.get('etag')!, 'cache-control': 'max-age=0' };
    const again = await fetch(`${house().url}/`, { headers: { ...condition, 'accept-encoding': 'br' } });
    expect(again.status).toBe(304);
  });

  it.each(['br', 'gzip'])(
    'costs little at first, compressed by %s; each page comes when it is opened',
    async (encoding) => {
      const manifest = readManifest();
      const files = firstFiles(manifest);
      const sizes = await Promise.all([...files].map((file) => sizeOf(file, encoding)));
      const sum = sizes.reduce((a, b) => a + b, 0);
      expect(sum).toBeGreaterThan(50_000);
      expect(sum).toBeLessThanOrEqual(FIRST_LOAD);
      const pages = pageSources();
      expect(pages.length).toBeGreaterThan(20);
      for (const page of pages) {
        expect(manifest[page], page).toMatchObject({ isDynamicEntry: true });
        expect(files, page).not.toContain(manifest[page]!.file);
      }
    },
  );

  async function sizeOf(file: string, encoding: string): Promise<number> {
    const answer = await fetch(`${house().url}/${file}`, { headers: { 'accept-encoding': encoding } });
    await answer.arrayBuffer();
    expect(answer.headers.get('content-encoding'), file).toBe(encoding);
    return Number(answer.headers.get('content-length'));
  }
});
