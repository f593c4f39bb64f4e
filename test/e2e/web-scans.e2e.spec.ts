import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, type View } from '../support/browser.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { pushImage } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import type { TestUser } from '../support/stack-handle.js';
import { until } from '../support/until.js';
import { createTeamNamespace, tagsOf, untilTag } from '../support/world.js';

const image = (seed: string) => buildCompressedImage({ seed });
const HOSTILE = '<img src=x onerror="document.title=1">';
const SCANNER = { PORTUS_SECURITY_DUMMY_SERVER: 'dummy' };
const NO_SCANNER = { PORTUS_SECURITY_DUMMY_SERVER: undefined };

scenes('the page: scans', { flavours: ['3'], needs: ['PORTUS_TEST_CHROMIUM'], stack: { env: SCANNER } }, (house) => {
  let browser: TestBrowser;
  let owner: TestUser;
  let view: View;
  let tag: number;
  beforeAll(async () => {
    browser = await TestBrowser.start(house().url);
    owner = await house().createUser('owner', 'password of owner');
    await createTeamNamespace(house(), 'team', [{ userId: owner.id, role: 'owner' }]);
    view = await browser.view();
    await view.signIn('admin', house().adminPassword);
    await push('team/app', 'v1', 'one');
    tag = (await tagsOf(house(), 'team/app'))['v1']!.id;
  });
  afterAll(() => browser?.stop());

  const push = async (repository: string, name: string, seed: string): Promise<void> => {
    const token = await house().token([`repository:${repository}:pull,push`]);
    await pushImage({ url: house().registry.url, repository, token }, name, image(seed));
    await untilTag(house(), repository, name, image(seed).manifest.digest);
  };
  const scanned = (state: string) =>
    until(`the scan is ${state}`, async () => {
      const { body } = await house().get<{ scan: { state: string } }>(`/tags/${tag}`);
      return body.scan.state === state;
    });
  const button = (name: string) => view.page.getByRole('button', { name, exact: true });
  const row = (text: string) => view.page.getByRole('row').filter({ hasText: text });
  const dialog = () => view.page.getByRole('dialog');

  it('shows what was found, marks what is made up, and filters by the address', async () => {
    await scanned('done');
    await view.page.goto(`/tags/${tag}?tab=vulnerabilities`);
    await row('DUMMY-0001').getByText('High', { exact: true }).waitFor();
    await view.page.getByText('made up', { exact: true }).first().waitFor();
    await view.page.getByText('As of').first().waitFor();
    await view.expectAccessible();
    await view.picture('vulnerabilities');
    await view.page.getByRole('combobox', { name: 'Severity' }).click();
    await view.page.getByRole('option', { name: 'Medium' }).click();
    await row('DUMMY-0001').waitFor({ state: 'detached' });
    expect(new URL(view.page.url()).searchParams.get('severity')).toBe('medium');
    await view.page.reload();
    await row('DUMMY-0002').waitFor();
    await view.page.getByLabel('Package (exactly)').fill('busybox');
    await view.page.getByLabel('Package (exactly)').press('Enter');
    await view.page.getByText('No finding is like that.').waitFor();
    await button('Show all').click();
    await row('DUMMY-0003').getByText('no fix known').waitFor();
  });

  it('gives it as a file', async () => {
    await button('Export').click();
    const entry = view.page.getByRole('menuitem', { name: 'SARIF (code scanning)' });
    await entry.waitFor();
    await view.expectAccessible();
    const [download] = await Promise.all([view.page.waitForEvent('download'), entry.click()]);
    expect(download.suggestedFilename()).toMatch(/^vulnerabilities-[0-9a-f]{12}\.sarif$/);
    const sarif = JSON.parse(readFileSync(await download.path(), 'utf8')) as { version: string };
    expect(sarif.version).toBe('2.1.0');
  });

  it('accepts a risk from a finding, with its reason, lists it, and ends it', async () => {
    const other = await browser.view();
    await other.signIn('owner', owner.password);
    await other.page.goto(`/tags/${tag}?tab=vulnerabilities`);
    await other.page.getByRole('button', { name: 'Accept DUMMY-0001' }).click();
    await other.page.getByRole('dialog').getByLabel('Reason').fill(HOSTILE);
    await other.expectAccessible();
    await other.page.getByRole('dialog').getByRole('button', { name: 'Accept', exact: true }).click();
    await other.page.getByRole('dialog').waitFor({ state: 'detached' });
    await other.page
      .getByRole('row')
      .filter({ hasText: 'DUMMY-0001' })
      .getByText('Accepted', { exact: true })
      .waitFor();
    const gate = await house().get<{ pass: boolean; accepted: number }>(`/tags/${tag}/verdict?max=medium`);
    expect(gate.body).toMatchObject({ pass: true, accepted: 1 });
    await other.page.goto('/namespaces');
    await other.page.getByRole('link', { name: 'team', exact: true }).click();
    await other.page.getByRole('tab', { name: 'Accepted risks' }).click();
    const risk = other.page.getByRole('row').filter({ hasText: 'DUMMY-0001' });
    await risk.getByText(HOSTILE).waitFor();
    expect(await other.page.locator('main img').count()).toBe(0);
    await other.expectAccessible();
    await other.picture('risks');
    await risk.getByRole('button', { name: 'End the acceptance of DUMMY-0001' }).click();
    await other.page.getByRole('dialog').getByRole('textbox').fill('DUMMY-0001');
    await other.page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
    await other.page.getByText('No risk is accepted.').waitFor();
    await other.close();
  });

  it('finds the images of a vulnerability', async () => {
    await view.page.goto(`/tags/${tag}?tab=vulnerabilities`);
    await view.page.getByRole('link', { name: 'Where else is DUMMY-0002?' }).click();
    await row('team/app:v1').getByText('1.1.15').waitFor();
    await view.expectAccessible();
    await view.picture('affected-images');
    await view.page.getByLabel('Name of the vulnerability').fill('CVE-1999-0001');
    await button('Find').click();
    await view.page.getByText('was CVE-1999-0001 found', { exact: false }).waitFor();
  });

  it('lists scans with their reasons, shows no failed scan as clean, and tries again', async () => {
    const old = `state = 'failed', reason = $1`;
    await house().sql(`UPDATE scans SET ${old}, ended_at = now()`, [HOSTILE]);
    await house().sql(`UPDATE scan_targets SET ${old}, verdict_at = now() - interval '40 days'`, [HOSTILE]);
    await view.page.goto('/');
    await view.page.getByRole('link', { name: 'One scan failed' }).click();
    await row('team/app:v1').getByText(HOSTILE).waitFor();
    await view.expectAccessible();
    await view.picture('scan-queue');
    await view.page.getByRole('link', { name: 'team/app:v1' }).click();
    await view.page.getByText('The newest scan gave no verdict.', { exact: false }).waitFor();
    await view.page.getByText('last month').first().waitFor();
    expect(await view.page.getByText('Nothing found').count()).toBe(0);
    expect(await view.page.locator('main img').count()).toBe(0);
    await view.expectAccessible();
    await view.picture('failed-scan');
    await view.page.goto('/scans?state=failed');
    await button('Scan again: team/app:v1').click();
    await scanned('done');
    await view.page.goto('/scans?state=done');
    await row('team/app:v1').waitFor();
  });

  it('scans at once when an administrator wants it, and shows verdicts in lists', async () => {
    await view.page.goto(`/tags/${tag}?tab=vulnerabilities`);
    await button('Scan now').click();
    await view.page.getByText('It waits to be scanned.').waitFor();
    await scanned('done');
    await view.page.goto('/repositories');
    await row('team/app').getByRole('img', { name: 'High: 1' }).waitFor();
    await view.page.getByRole('link', { name: 'team/app', exact: true }).click();
    await row('v1').getByRole('img', { name: 'Medium: 1' }).waitFor();
    await view.expectAccessible();
    await view.picture('repository-scanned');
  });

  it('shows what the image is put together of', async () => {
    await view.page.goto(`/tags/${tag}?tab=layers`);
    await view.page.getByRole('table', { name: 'Layers' }).getByRole('row').nth(1).waitFor();
    await view.expectAccessible();
    await view.picture('layers');
  });

  it('is readable in the dark, on a phone and in German', async () => {
    for (const [suffix, options] of [
      ['dark', { look: 'dark' }],
      ['phone', { size: 'phone' }],
    ] as const) {
      const other = await browser.view(options);
      await other.signIn('admin', house().adminPassword);
      for (const [name, path] of [
        ['vulnerabilities', `/tags/${tag}?tab=vulnerabilities`],
        ['scan-queue', '/scans'],
      ] as const) {
        await other.page.goto(path);
        await other.page.getByRole('table').first().waitFor();
        await other.expectAccessible();
        await other.picture(`${name}-${suffix}`);
      }
      await other.page.evaluate(`localStorage.setItem('portus.language', 'de')`);
      await other.page.reload();
      await other.page.getByRole('tab', { name: 'Warteschlange' }).waitFor();
      await other.close();
    }
  });

  it('says what it means that there is no scanner', async () => {
    await house().restartWith(NO_SCANNER);
    await until(
      'the scanner is used no more',
      async () => (await house().get<unknown[]>('/scanners')).body.length === 0,
    );
    await push('team/app', 'v2', 'two');
    await view.page.goto('/scans');
    await view.page.getByText('No scanner is configured', { exact: false }).waitFor();
    await view.expectAccessible();
    await view.page.goto(`/tags/${(await tagsOf(house(), 'team/app'))['v2']!.id}?tab=vulnerabilities`);
    await view.page.getByText('Nothing is known: not scanned').waitFor();
    expect(await view.page.getByText('Nothing found').count()).toBe(0);
    expect(await button('Export').count()).toBe(0);
    await view.expectAccessible();
    await view.picture('not-scanned');
    expect(await dialog().count()).toBe(0);
    await view.close();
  });
});
