import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, type View } from '../support/browser.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { pushImage } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import { until } from '../support/until.js';
import { untilTag } from '../support/world.js';

const image = (seed: string) => buildCompressedImage({ seed });

scenes('the page: truth', { flavours: ['2.8'], needs: ['PORTUS_TEST_CHROMIUM'] }, (house) => {
  let browser: TestBrowser;
  let view: View;
  beforeAll(async () => {
    browser = await TestBrowser.start(house().url);
    view = await browser.view();
    await view.signIn('admin', house().adminPassword);
  });
  afterAll(() => browser.stop());

  const push = async (repository: string, tag: string, seed: string): Promise<void> => {
    const token = await house().token([`repository:${repository}:pull,push`]);
    await pushImage({ url: house().registry.url, repository, token }, tag, image(seed));
  };
  const heading = (name: string) => view.page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
  const button = (name: string) => view.page.getByRole('button', { name, exact: true });
  const dialog = () => view.page.getByRole('dialog');

  it('shows a push as it arrives, without a reload, and what became of it', async () => {
    await view.page.goto('/truth');
    await view.page.getByText('Live', { exact: true }).waitFor();
    await view.page.getByText('No event has arrived yet', { exact: false }).waitFor();
    await view.page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    await push('admin/live', 'v1', 'live');
    const row = view.page.getByRole('row').filter({ hasText: 'admin/live:v1' });
    await row.getByText('done', { exact: true }).waitFor();
    expect(await view.page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
    await view.expectAccessible();
    await view.picture('truth');
  });

  it('goes on after a break where it was, without a reload', async () => {
    await house().api.stop();
    await view.page.getByText('Connecting', { exact: false }).waitFor();
    await house().sql(`INSERT INTO registry_events (registry_id, event_id, action, repository, tag, state, payload)
      SELECT registry_id, 'missed', action, 'admin/missed', 'v1', 'done', payload FROM registry_events LIMIT 1`);
    // The list is asked for now and then, and would tell it too.
    const list = /\/api\/v1\/events(\?|$)/;
    await view.page.route(list, (route) => route.abort());
    await house().api.start();
    await view.page.getByRole('row').filter({ hasText: 'admin/missed:v1' }).waitFor();
    await view.page.unroute(list);
    expect(await view.page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
  });

  it('pages the events by the server', async () => {
    await house().sql(`INSERT INTO registry_events (registry_id, event_id, action, repository, tag, state, payload)
      SELECT registry_id, 'old ' || n, action, 'admin/old', 'n' || n, 'done', payload
        FROM (SELECT * FROM registry_events LIMIT 1) e, generate_series(1, 150) n`);
    await house().sql(
      `UPDATE registry_events SET received_at = now() - interval '1 day' WHERE repository = 'admin/old'`,
    );
    await view.page.goto('/truth?state=done');
    const first = view.page.getByRole('row').filter({ hasText: 'admin/live:v1' });
    await first.waitFor();
    await view.page.getByRole('button', { name: 'Next page' }).click();
    await first.waitFor({ state: 'detached' });
    await view.page.getByRole('row').filter({ hasText: 'admin/old' }).first().waitFor();
    await view.page.getByRole('button', { name: 'First page' }).click();
    await first.waitFor();
    await house().sql(`DELETE FROM registry_events WHERE repository = 'admin/old'`);
  });

  it('offers what failed to be tried again', async () => {
    await house().sql(`UPDATE registry_events SET state = 'dead', reason = 'the test says so'`);
    await view.page.goto('/');
    await view.page.getByRole('link', { name: /events? of e2e w(as|ere) given up/ }).click();
    const row = view.page.getByRole('row').filter({ hasText: 'the test says so' }).first();
    await row.waitFor();
    await view.expectAccessible();
    await button('Try all failed and dead again').click();
    await view.page.getByText('tried again', { exact: false }).waitFor();
    await view.page.goto('/truth?state=done');
    await view.page.getByRole('row').filter({ hasText: 'admin/live:v1' }).waitFor();
  });

  it('shows by a dry run what would be done, does it when it is allowed, and brings it back', async () => {
    await push('admin/dry', 'v1', 'dry');
    await untilTag(house(), 'admin/dry', 'v1', image('dry').manifest.digest);
    // Known here, and not there: what a backup that was restored leaves behind.
    await house().sql(`UPDATE tags SET name = 'lost' WHERE name = 'v1' AND repository_id =
      (SELECT id FROM repositories WHERE full_name = 'admin/dry')`);
    // It is not believed to be gone before it was missed twice.
    await house().post('/registries/1/sync', { mode: 'deep', strategy: 'update' });
    await until('the tag was missed long enough', async () => {
      const sql = `SELECT 1 FROM tags WHERE name = 'lost' AND absent_since < now() - interval '1 second'`;
      return (await house().sql(sql)).length > 0;
    });
    await view.page.goto('/admin/registries');
    await view.page.getByRole('link', { name: 'e2e' }).click();
    await view.page.getByRole('tab', { name: 'Syncs' }).click();
    await view.page.getByRole('combobox', { name: 'What may be changed' }).click();
    await view.page.getByRole('option', { name: 'Also remove', exact: false }).click();
    await view.page.getByLabel('Dry run', { exact: false }).check();
    await button('Start').click();
    await view.page.getByText('dry run', { exact: true }).waitFor();
    await view.page.getByRole('cell', { name: 'admin/dry:lost' }).waitFor();
    await button('Do it, not only show it').waitFor();
    await view.expectAccessible();
    await view.picture('dry-run');
    const before = await house().sql(`SELECT 1 FROM tags WHERE name = 'lost'`);
    expect(before).toHaveLength(1);
    const dry = view.page.url();
    await button('Do it, not only show it').click();
    await view.page.waitForURL((url) => url.href !== dry);
    const undo = button('Bring back what it removed');
    const approve = button('Approve the removals');
    await undo.or(approve).waitFor();
    if (await approve.isVisible()) await approve.click();
    await undo.waitFor();
    expect(await house().sql(`SELECT 1 FROM tags WHERE name = 'lost'`)).toHaveLength(0);
    await view.expectAccessible();
    await view.picture('sync-run');
  });

  it('changes a registry, checks that it answers, and shows a new secret once', async () => {
    await view.page.goto('/admin/registries/1');
    await view.page.getByText('Names equal as of').waitFor();
    await button('Change').click();
    await dialog().getByLabel('Name').fill('main');
    await dialog().getByRole('button', { name: 'Check the connection' }).click();
    await dialog().getByText('It answers, and is a registry.').waitFor();
    await view.expectAccessible();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await heading('main');
    await view.expectAccessible();
    await view.picture('registry');
    await view.page.getByRole('tab', { name: 'Secret' }).click();
    await button('Make a new secret').click();
    const secret = await view.page.getByRole('alert').locator('code').innerText();
    await view.page.getByText(`Bearer ${secret}`, { exact: false }).waitFor();
    await view.expectAccessible();
    await view.page.reload();
    await view.page.getByRole('tab', { name: 'Secret' }).click();
    await button('End the former secret').waitFor();
    expect(await view.page.getByText(secret, { exact: false }).count()).toBe(0);
    await view.page.getByRole('tab', { name: 'config.yml' }).click();
    await view.page.getByText('Bearer WEBHOOK_SECRET', { exact: false }).waitFor();
  });

  it('refuses a registry that does not answer, unless it is wanted', async () => {
    await view.page.goto('/admin/registries');
    await button('New registry').click();
    await dialog().getByLabel('Name').fill('far');
    await dialog().getByRole('textbox', { name: 'Address', exact: true }).fill('127.0.0.1:9');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await dialog().getByRole('alert').waitFor();
    await dialog().getByLabel('Also when it does not answer now').check();
    await dialog().getByRole('button', { name: 'Create' }).click();
    await heading('far');
  });

  it('tells how every part is, and on the dashboard what needs attention', async () => {
    await view.page.goto('/health');
    await view.page.getByRole('row').filter({ hasText: 'registry far is not reachable' }).waitFor();
    await view.expectAccessible();
    await view.picture('health');
    await view.page.goto('/');
    await view.page.getByText('What needs attention').waitFor();
    await view.untilAtRest();
    await view.expectAccessible();
    await view.picture('dashboard');
    await view.close();
  });

  it('is readable in the dark and on a phone', async () => {
    for (const [suffix, options] of [
      ['dark', { look: 'dark' }],
      ['phone', { size: 'phone' }],
    ] as const) {
      const other = await browser.view(options);
      await other.signIn('admin', house().adminPassword);
      for (const [name, path] of [
        ['dashboard', '/'],
        ['truth', '/truth'],
        ['registry', '/admin/registries/1'],
        ['health', '/health'],
      ] as const) {
        await other.page.goto(path);
        await other.untilAtRest();
        await other.expectAccessible();
        await other.picture(`${name}-${suffix}`);
      }
      await other.close();
    }
  });
});
