import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, type View } from '../support/browser.js';
import { MailCatcher } from '../support/mail-catcher.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { pushImage } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import { untilTag } from '../support/world.js';

scenes('the page: visitors', { flavours: ['2.8'], needs: ['PORTUS_TEST_CHROMIUM'] }, (house) => {
  let browser: TestBrowser;
  let mails: MailCatcher;
  let view: View;
  beforeAll(async () => {
    mails = await MailCatcher.start();
    await house().restartWith({
      ...mails.env,
      PORTUS_PUBLIC_URL: house().url,
      PORTUS_EMAIL_FROM: 'portus@example.test',
    });
    browser = await TestBrowser.start(house().url);
    view = await browser.view();
  });
  afterAll(async () => {
    await browser.stop();
    await mails.stop();
  });

  it('make an account, and set a forgotten password by the mail that they get', async () => {
    const { page } = view;
    await page.goto('/');
    await page.getByRole('link', { name: 'Make an account' }).click();
    await page.getByLabel('User name').fill('dora');
    await page.getByLabel('Mail address').fill('dora@example.test');
    await page.getByRole('textbox', { name: 'Password' }).fill('password of dora');
    await view.expectAccessible();
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await page.getByRole('button', { name: 'dora', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Forgotten password' }).click();
    await page.getByLabel('Mail address').fill('dora@example.test');
    await page.getByRole('button', { name: 'Send me a mail' }).click();
    await page.getByText('a mail is on its way', { exact: false }).waitFor();
    const { text } = await mails.next();
    const [link = ''] = /http\S+#token=\S+/.exec(text) ?? [];
    await page.goto(link);
    await page.getByRole('textbox', { name: 'New password' }).fill('another password of dora');
    await view.expectAccessible();
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await view.signIn('dora', 'another password of dora');
    await page.getByRole('button', { name: 'dora', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('find public images and nothing else', async () => {
    const alice = await house().createUser('alice', 'password of alice');
    for (const repository of ['alice/open', 'alice/closed']) {
      const token = await house().token([`repository:${repository}:pull,push`], alice);
      const image = buildCompressedImage({ seed: repository });
      await pushImage({ url: house().registry.url, repository, token }, 'v1', image);
      await untilTag(house(), repository, 'v1', image.manifest.digest);
    }
    await view.page.goto('/explore?q=alice');
    await view.page.getByText('No public image has this in its name.').waitFor();
    const { body } = await house().get<{ id: number; name: string }[]>('/namespaces', { as: alice });
    const { id } = body.find((one) => one.name === 'alice')!;
    await house().put(`/namespaces/${id}`, { namespace: { visibility: 'public' } }, { as: alice });
    await view.page.getByLabel('Find by name').fill('open');
    await view.page.getByText(`${house().registryHost}/alice/open`).waitFor();
    expect(await view.page.getByText('alice/closed', { exact: false }).count()).toBe(0);
    await view.expectAccessible();
    await view.picture('explore');
    await view.close();
  });
});
