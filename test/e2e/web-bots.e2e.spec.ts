import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, type View } from '../support/browser.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { scenes } from '../support/scenes.js';
import { Skopeo } from '../support/skopeo.js';

const NEEDS = { flavours: ['2.8'], needs: ['PORTUS_TEST_CHROMIUM', 'PORTUS_TEST_SKOPEO'] } as const;

scenes('the page: bots and their tokens', NEEDS, (house) => {
  let browser: TestBrowser;
  let view: View;
  let bot: { username: string; password: string };
  beforeAll(async () => {
    browser = await TestBrowser.start(house().url);
    view = await browser.view();
    await view.signIn('admin', house().adminPassword);
    for (const name of ['crew', 'other']) {
      await house().post('/teams', { name });
      await house().post('/namespaces', { name, team: name });
    }
  });
  afterAll(() => browser.stop());

  const button = (name: string) => view.page.getByRole('button', { name, exact: true });
  const dialog = () => view.page.getByRole('dialog');
  const image = buildCompressedImage({ seed: 'of a bot' });

  it('are made, and get a token that is kept to actions, namespaces and a day', async () => {
    const { page } = view;
    await page.getByRole('link', { name: 'Bots' }).click();
    await page.getByText('No bot yet.', { exact: false }).waitFor();
    await button('New bot').click();
    await dialog().getByLabel('User name').fill('builder');
    await dialog().getByLabel('Mail address').fill('builder@example.test');
    await view.expectAccessible();
    await dialog().getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'builder', level: 1 }).waitFor();
    await button('New token').click();
    await dialog().getByLabel('What for').fill('pipeline');
    await dialog().getByRole('combobox', { name: 'Expires' }).click();
    await page.getByRole('option', { name: 'on a day …' }).click();
    await dialog().getByLabel('Last day').fill('2020-01-01');
    await dialog().getByLabel('delete').uncheck();
    const namespaces = dialog().getByRole('combobox', { name: 'Only in these namespaces' });
    // What is suggested covers what comes after it, and is gone as soon as something was chosen.
    await namespaces.fill('cre');
    await page.getByRole('option', { name: 'crew' }).click();
    await namespaces.fill('a-later-one');
    await namespaces.press('Enter');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await dialog().getByText('This day is over.').waitFor();
    await dialog().getByLabel('Last day').fill('2099-12-31');
    await view.expectAccessible();
    await dialog().getByRole('button', { name: 'Create' }).click();
    bot = { username: 'builder', password: await page.getByRole('alert').locator('code').first().innerText() };
    await page.getByText(`docker login ${house().registryHost} -u builder`).waitFor();
    await view.expectAccessible();
    await view.picture('bot');
    const row = page.getByRole('row').filter({ hasText: 'pipeline' });
    for (const mark of ['pull', 'push', 'in crew', 'in a-later-one'])
      await row.getByText(mark, { exact: true }).waitFor();
    expect(await row.getByText('delete', { exact: true }).count()).toBe(0);
  });

  it('push with it by skopeo once their team lets them, and nowhere else', async () => {
    const skopeo = await Skopeo.as(house().registryHost, bot);
    expect((await skopeo.pushImage('crew/app:v1', image)).code).not.toBe(0);
    await view.page.goto('/why');
    await view.page.getByRole('link', { name: 'crew/app' }).first().click();
    await view.page.getByText('No', { exact: true }).waitFor();
    await view.page.getByRole('link', { name: 'Members of the team crew' }).click();
    await view.page.getByRole('heading', { name: 'crew', level: 1 }).waitFor();
    await view.page.getByLabel('User name').fill('builder');
    await view.page.getByRole('combobox', { name: 'Role', exact: true }).click();
    await view.page.getByRole('option', { name: 'Contributor' }).click();
    await button('Add').click();
    await view.page.getByRole('combobox', { name: 'Role of builder' }).waitFor();
    const pushed = await skopeo.pushImage('crew/app:v1', image);
    expect(pushed.output).not.toContain('denied');
    expect(pushed.code).toBe(0);
    expect((await skopeo.pushImage('other/app:v1', image)).code).not.toBe(0);
    await view.page.goto('/repositories?q=crew');
    await view.page.getByRole('link', { name: 'crew/app' }).waitFor();
  });

  it('have their administrators told when a token ends soon', async () => {
    const { page } = view;
    const { body } = await house().get<{ id: number; username: string }[]>('/users?bot=true');
    const { id } = body.find(({ username }) => username === 'builder')!;
    const expires_at = new Date(Date.now() + 3 * 86_400_000).toISOString();
    await house().post(`/users/${id}/application_tokens`, { application: 'nightly', expires_at });
    await page.goto('/');
    await page.getByRole('link', { name: 'The token nightly of the bot builder expires soon' }).click();
    await page.getByRole('heading', { name: 'builder', level: 1 }).waitFor();
    await page.getByRole('row').filter({ hasText: 'nightly' }).waitFor();
  });

  it('are refused from the moment on in which it is revoked, which asks for its name', async () => {
    await view.page.goto('/admin/bots');
    await view.page.getByRole('link', { name: 'builder' }).click();
    const row = view.page.getByRole('row').filter({ hasText: 'pipeline' });
    await row.getByText('127.0.0.1').waitFor();
    await button('Revoke pipeline').click();
    expect(await dialog().getByRole('button', { name: 'Revoke' }).isDisabled()).toBe(true);
    await dialog().getByRole('textbox').fill('pipeline');
    await dialog().getByRole('button', { name: 'Revoke' }).click();
    await row.waitFor({ state: 'detached' });
    const skopeo = await Skopeo.of(house().registryHost);
    expect((await skopeo.login(bot)).code).not.toBe(0);
  });

  it('and people are changed by administrators, who end the logins that clients keep', async () => {
    const carol = await house().createUser('carol', 'password of carol');
    const form = new URLSearchParams({
      grant_type: 'password',
      service: house().registryHost,
      client_id: 'a tool of carol',
      username: 'carol',
      password: carol.password,
      access_type: 'offline',
    });
    const login = await fetch(`${house().url}/v2/token`, { method: 'POST', body: form });
    expect(login.status).toBe(200);
    await view.page.goto('/admin/users?q=car');
    await view.page.getByRole('link', { name: 'carol' }).click();
    await button('Sign out there: a tool of carol').click();
    await view.page.getByText('No client keeps a login.').waitFor();
    await button('Edit').click();
    await dialog().getByLabel('Name shown to others').fill('Carol C.');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await view.page.getByText('Carol C.').waitFor();
    await view.expectAccessible();
    await view.picture('user');
    await view.close();
  });
});
