import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, type View } from '../support/browser.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { pushImage } from '../support/push-image.js';
import { Receiver } from '../support/receiver.js';
import { scenes } from '../support/scenes.js';
import type { TestUser } from '../support/stack-handle.js';
import { until } from '../support/until.js';
import { createTeamNamespace, tagsOf, untilTag } from '../support/world.js';

const ENV = { PORTUS_WEBHOOKS_ALLOWED_NETWORKS: '127.0.0.1', PORTUS_WEBHOOKS_ATTEMPTS: '1' };
const HOSTILE = '<img src=x onerror="document.title=1">';
const SECRET = 'a shared secret';

scenes('the page: rules', { flavours: ['3'], needs: ['PORTUS_TEST_CHROMIUM'], stack: { env: ENV } }, (house) => {
  let browser: TestBrowser;
  let receiver: Receiver;
  let owner: TestUser;
  let namespace: number;
  let view: View;
  beforeAll(async () => {
    browser = await TestBrowser.start(house().url);
    receiver = await Receiver.start();
    owner = await house().createUser('owner', 'password of owner');
    namespace = await createTeamNamespace(house(), 'team', [{ userId: owner.id, role: 'owner' }]);
    view = await browser.view();
    await view.signIn('owner', owner.password);
  });
  afterAll(async () => {
    await receiver?.stop();
    await browser?.stop();
  });

  const push = async (tag: string): Promise<void> => {
    const image = buildCompressedImage({ seed: tag });
    const token = await house().token(['repository:team/app:pull,push'], owner);
    await pushImage({ url: house().registry.url, repository: 'team/app', token }, tag, image);
    await untilTag(house(), 'team/app', tag, image.manifest.digest);
  };
  const button = (name: string | RegExp) => view.page.getByRole('button', { name, exact: true });
  const row = (text: string) => view.page.getByRole('row').filter({ hasText: text });
  const dialog = () => view.page.getByRole('dialog');
  const tab = (name: string) => view.page.getByRole('tab', { name });

  const rule = async (name: string, fill: () => Promise<void>): Promise<void> => {
    await button('New rule').click();
    await dialog().getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await fill();
    await view.expectAccessible();
    await dialog().getByRole('button', { name: 'Create' }).click();
    await row(name).waitFor();
  };

  it('makes a webhook, whose secret is never shown again', async () => {
    await view.page.goto(`/namespaces/${namespace}?tab=webhooks`);
    await view.page.getByText('Nobody is told of what happens here.').waitFor();
    await button('New webhook').click();
    await dialog().getByLabel('URL').fill(receiver.url);
    await dialog().getByRole('textbox', { name: 'Name', exact: true }).fill('ci');
    await dialog().getByRole('textbox', { name: 'Secret for signatures' }).fill(SECRET);
    await view.expectAccessible();
    await dialog().getByRole('button', { name: 'Create' }).click();
    await view.page.getByRole('heading', { name: 'ci', level: 1 }).waitFor();
    await view.page.getByText('set', { exact: true }).waitFor();
    expect(await view.page.content()).not.toContain(SECRET);
    await tab('Headers').click();
    await view.page.getByRole('textbox', { name: 'Header', exact: true }).fill('X-Room');
    await view.page.getByRole('textbox', { name: 'Value' }).fill('the blue one');
    await button('Add').click();
    await row('X-Room').getByText('hidden').waitFor();
    await view.expectAccessible();
    await view.page.reload();
    await row('X-Room').waitFor();
    expect(await view.page.content()).not.toContain('the blue one');
  });

  it('shows what was delivered, with its bodies as text, and sends it again', async () => {
    receiver.answer = (response) => response.end(HOSTILE);
    await push('v1');
    await tab('Deliveries').click();
    await row('team/app:v1').getByText('delivered').waitFor();
    expect(receiver.received[0]!.headers).toMatchObject({ 'x-room': 'the blue one' });
    await view.expectAccessible();
    await view.picture('deliveries');
    await view.page.getByRole('link', { name: /^team\/app:v1/ }).click();
    await dialog().getByText(HOSTILE).waitFor();
    await dialog().getByText('"action": "push"', { exact: false }).waitFor();
    expect(await view.page.locator('img:not([alt=""])').count()).toBe(0);
    await view.expectAccessible();
    await view.picture('delivery');
    await dialog().getByRole('button', { name: /^Send/ }).click();
    await until('it is sent again', () => receiver.received[1]);
    await view.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('tells on the dashboard what was given up, which can be sent again when the receiver is back', async () => {
    receiver.answer = (response) => response.writeHead(410).end('gone');
    await push('v2');
    await row('team/app:v2').getByText('given up').waitFor();
    await view.page.goto('/');
    await view.page.getByRole('link', { name: 'Webhook ci of team gave up one delivery' }).click();
    await row('team/app:v2').getByText('answered 410').waitFor();
    expect(await row('team/app:v1').count()).toBe(0);
    await view.expectAccessible();
    await view.picture('dead-letters');
    receiver.answer = (response) => response.end('back');
    await row('team/app:v2').getByRole('button', { name: /^Send/ }).click();
    await view.page.getByText('There is no such delivery.').waitFor();
  });

  it('changes a webhook, switches it off, and deletes it when its name is typed', async () => {
    await view.page.goto(`/namespaces/${namespace}?tab=webhooks`);
    await button('Disable: ci').click();
    await row('ci').getByText('disabled').waitFor();
    await view.expectAccessible();
    await view.picture('webhooks');
    await view.page.getByRole('link', { name: 'ci', exact: true }).click();
    await button('Change').click();
    await dialog().getByRole('textbox', { name: 'Name', exact: true }).fill(HOSTILE);
    await dialog().getByRole('button', { name: 'Save' }).click();
    await view.page.getByRole('heading', { name: HOSTILE, level: 1 }).waitFor();
    await view.page.getByText('set', { exact: true }).waitFor();
    await button('Delete').click();
    expect(await dialog().getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
    await dialog().getByRole('textbox').fill(HOSTILE);
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await view.page.getByText('Nobody is told of what happens here.').waitFor();
  });

  it('shows in a dry run which rule keeps or drops each tag, and drops them', async () => {
    await push('release-1');
    await view.page.goto(`/namespaces/${namespace}?tab=retention`);
    await rule('old ones', async () => {
      await dialog().getByLabel('Pushed more than … days ago').fill('30');
      await dialog().getByLabel('But keep the … newest of each repository').fill('');
    });
    await rule('releases', async () => {
      await dialog().getByText('protects (immutable)').click();
      await dialog().getByRole('textbox', { name: 'Tags' }).fill('release-*');
    });
    await view.page.getByRole('cell', { name: 'older than 30 days' }).waitFor();
    const dropped = row('team/app:v1').getByText('dropped', { exact: true });
    // What completes an image after its push may touch its tag once more.
    const dryRun = async () => {
      await house().sql(`UPDATE tags SET updated_at = now() - interval '40 days' WHERE name <> 'v2'`);
      await button('Dry run').click();
      return dropped.isVisible();
    };
    await expect.poll(dryRun, { timeout: 30_000, interval: 1_000 }).toBe(true);
    await row('team/app:release-1').getByText('releases').waitFor();
    await row('team/app:v2').getByText('kept', { exact: true }).waitFor();
    await view.expectAccessible();
    await view.picture('retention');
    await view.page.getByLabel('Only what would be dropped').click();
    await view.page.waitForURL(/drops=true/);
    const onlyDrops = async () => {
      await house().sql(`UPDATE tags SET updated_at = now() - interval '40 days' WHERE name <> 'v2'`);
      await view.page.reload();
      await view.page.getByLabel('Only what would be dropped').waitFor();
      await row('team/app:v1').or(view.page.getByText('None of these is dropped.')).waitFor();
      return [await dropped.isVisible(), await row('team/app:v2').isVisible()];
    };
    await expect.poll(onlyDrops, { timeout: 60_000, interval: 1_000 }).toEqual([true, false]);
    await view.page.getByLabel('Only what would be dropped').click();
    await row('team/app:v2').getByText('kept', { exact: true }).waitFor();
    expect(Object.keys(await tagsOf(house(), 'team/app'))).toHaveLength(3);
    await button('Drop them now').click();
    await dialog().getByRole('textbox').fill('drop');
    await dialog().getByRole('button', { name: 'Drop them now' }).click();
    await until('the old tag is gone', async () => !('v1' in (await tagsOf(house(), 'team/app'))));
    await row('team/app:v1').waitFor({ state: 'detached' });
    expect(Object.keys(await tagsOf(house(), 'team/app')).toSorted()).toEqual(['release-1', 'v2']);
  });

  it('changes and deletes a rule', async () => {
    await view.page.goto(`/namespaces/${namespace}?tab=retention`);
    await button('Change old ones').click();
    await dialog().getByLabel('In force').uncheck();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await row('old ones').getByText('off', { exact: true }).waitFor();
    await button('Delete old ones').click();
    await dialog().getByRole('textbox').fill('old ones');
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await row('old ones').waitFor({ state: 'detached' });
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
        ['retention', `/namespaces/${namespace}?tab=retention&plan=true`],
        ['retention-of-all', '/admin/retention'],
      ] as const) {
        await other.page.goto(path);
        await other.page.getByRole('heading', { level: 1 }).waitFor();
        await other.page.getByRole('button', { name: 'Dry run' }).waitFor();
        await other.expectAccessible();
        await other.picture(`${name}-${suffix}`);
      }
      await other.close();
    }
  });
});
