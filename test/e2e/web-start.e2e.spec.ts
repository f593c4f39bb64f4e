import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, type View } from '../support/browser.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { quietPort } from '../support/ports.js';
import { pushImage } from '../support/push-image.js';
import { type Flavour, scenes } from '../support/scenes.js';
import { REGISTRY_PROGRAMS } from '../support/stack.js';

/** A house in which nobody lives yet. */
const EMPTY = {
  PORTUS_INIT_ADMIN_PASSWORD: undefined,
  PORTUS_INIT_REGISTRY_HOSTNAME: undefined,
  PORTUS_INIT_REGISTRY_WEBHOOK_SECRET: undefined,
};
const NEEDS = { needs: ['PORTUS_TEST_CHROMIUM'], stack: { env: EMPTY } };

scenes('the page: from an empty house to the first push', NEEDS, (house, flavour) => {
  let browser: TestBrowser;
  let view: View;
  let folder: string;
  let port: number;
  let registry: ChildProcess | undefined;
  beforeAll(async () => {
    browser = await TestBrowser.start(house().url);
    view = await browser.view();
    folder = await mkdtemp(join(tmpdir(), 'portus-start-'));
    port = await quietPort();
  });
  afterAll(async () => {
    registry?.kill('SIGKILL');
    await browser.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('makes the first administrator of who comes first', async () => {
    await view.page.goto('/');
    await view.page.getByRole('heading', { name: 'Welcome to Portus' }).waitFor();
    await view.page.getByLabel('Mail address').fill('admin@example.test');
    await view.page.getByRole('textbox', { name: 'Password' }).fill(house().adminPassword);
    await view.expectAccessible();
    await view.picture(`start-admin-${flavour}`);
    await view.page.getByRole('button', { name: 'Create the administrator' }).click();
    await view.page.getByRole('heading', { name: '2. Registry' }).waitFor();
    const late = await browser.view();
    await late.page.goto('/start');
    await late.page.getByText('This Portus has its people already', { exact: false }).waitFor();
    await late.expectAccessible();
    await late.close();
  });

  it('connects a registry with the configuration of the page, and receives the first push', async () => {
    const { page } = view;
    await page.getByRole('textbox', { name: 'Address', exact: true }).fill(`localhost:${port}`);
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('heading', { name: '3. Configuration' }).waitFor();
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    await page.getByText(`Version of the registry ${flavour === '3' ? '3.x' : '2.8'}`).click();
    await page.getByText('portus.pem', { exact: false }).first().waitFor();
    await view.expectAccessible();
    registry = await startFrom(await filesOf(), flavour);
    for (const step of ['The registry answers', 'The registry accepts tokens of Portus']) {
      await page.getByRole('listitem').filter({ hasText: step }).getByText('done', { exact: true }).waitFor();
    }
    await view.picture(`start-registry-${flavour}`);
    await push('admin/hello', 'latest');
    await page.getByText('We received your push of admin/hello:latest.').waitFor();
    await view.expectAccessible();
    await page.getByRole('link', { name: 'Look at your images' }).click();
    await page.getByRole('link', { name: 'admin/hello' }).waitFor();
    await view.close();
  });

  /** The files as the page shows them, by name. */
  async function filesOf(): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    for (const block of await view.page.locator('pre[aria-label]').all()) {
      files.set((await block.getAttribute('aria-label'))!.replace('File ', ''), (await block.textContent())!);
    }
    return files;
  }

  /** Only the places are others than on the page: what an administrator does who keeps files elsewhere. */
  async function startFrom(files: Map<string, string>, which: Flavour): Promise<ChildProcess> {
    const [bundle, config] = [join(folder, 'portus.pem'), join(folder, 'config.yml')];
    expect([...files.keys()]).toEqual(['config.yml', '/etc/registry/portus.pem']);
    const text = files
      .get('config.yml')!
      .replace('/etc/registry/portus.pem', bundle)
      .replace('/var/lib/registry', join(folder, 'data'))
      .replace('addr: ":5000"', `addr: "127.0.0.1:${port}"`);
    await writeFile(bundle, files.get('/etc/registry/portus.pem')!);
    await writeFile(config, text);
    return spawn(process.env[REGISTRY_PROGRAMS[which]]!, ['serve', config], { stdio: 'ignore' });
  }

  async function push(repository: string, tag: string): Promise<void> {
    const query = new URLSearchParams({ service: `localhost:${port}`, scope: `repository:${repository}:pull,push` });
    const credentials = Buffer.from(`admin:${house().adminPassword}`).toString('base64');
    const headers = { authorization: `Basic ${credentials}` };
    const answer = await fetch(`${house().url}/v2/token?${query.toString()}`, { headers });
    const { token } = (await answer.json()) as { token: string };
    await pushImage({ url: `http://localhost:${port}`, repository, token }, tag, buildCompressedImage({ seed: 'one' }));
  }
});
