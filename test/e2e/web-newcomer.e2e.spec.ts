import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, type View } from '../support/browser.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { scenes } from '../support/scenes.js';
import { Skopeo } from '../support/skopeo.js';

const NEEDS = { flavours: ['3'], needs: ['PORTUS_TEST_CHROMIUM', 'PORTUS_TEST_SKOPEO'] } as const;

/** One who knows docker, has a password, and reads what stands on the page, nothing else. */
scenes('the page: a newcomer', NEEDS, (house) => {
  let browser: TestBrowser;
  let view: View;
  let own: Skopeo;
  beforeAll(async () => {
    browser = await TestBrowser.start(house().url);
    view = await browser.view();
    own = await Skopeo.as(house().registryHost, house().admin);
  });
  afterAll(() => browser.stop());

  const dialog = () => view.page.getByRole('dialog');
  const press = (name: string) => view.page.getByRole('button', { name, exact: true }).click();
  const image = (seed: string) => buildCompressedImage({ seed });
  /** Where the page says to push, without the host, with another name for its IMAGE. */
  async function placeShown(name: string): Promise<string> {
    const command = await view.page.getByText('docker push', { exact: false }).first().innerText();
    expect(command).toContain(`docker push ${house().registryHost}/`);
    return command.replace(`docker push ${house().registryHost}/`, '').replace('IMAGE', name);
  }

  it('pushes what the first page says, and sees it arrive', async () => {
    await view.signIn('admin', house().adminPassword);
    await view.page.getByText('Your first image').waitFor();
    await view.page.reload();
    await view.untilAtRest();
    expect(await view.shift(), 'the dashboard of an empty house jumps').toBeLessThan(0.1);
    await view.page.getByText(`docker login ${house().registryHost} -u admin`).waitFor();
    await view.expectAccessible();
    await view.picture('first-image');
    expect((await own.pushImage(await placeShown('hello'), image('first'))).code).toBe(0);
    await view.page.getByText('Your first image').waitFor({ state: 'detached' });
    await view.page.getByRole('link', { name: 'Repositories' }).click();
    await view.page.getByRole('link', { name: 'admin/hello' }).click();
    await view.page.getByRole('link', { name: 'latest' }).waitFor();
  });

  it('shares an image with a team by pushing to a namespace of it', async () => {
    await view.page.getByRole('link', { name: 'admin', exact: true }).click();
    await view.page.getByText('To work on images with others, make a team', { exact: false }).waitFor();
    await view.page.getByRole('link', { name: 'Teams' }).click();
    await press('New team');
    await dialog().getByLabel('Name').fill('crew');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await view.page.getByRole('heading', { name: 'crew', level: 1 }).waitFor();
    await press('New namespace');
    await dialog().getByRole('textbox', { name: 'Name' }).fill('crew-images');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await view.page.getByRole('heading', { name: 'crew-images', level: 1 }).waitFor();
    expect((await own.pushImage(await placeShown('app'), image('shared'))).code).toBe(0);
    await view.page.getByRole('link', { name: 'Repositories' }).click();
    await view.page.getByRole('link', { name: 'crew-images/app' }).waitFor();
  });

  it('sees why a colleague is refused, and mends it from there', async () => {
    const bob = await house().createUser('bob', 'password of bob');
    const his = await Skopeo.as(house().registryHost, bob);
    expect((await his.pull('crew-images/app:latest')).code).not.toBe(0);
    await view.page.getByRole('link', { name: 'Why?' }).click();
    await view.page
      .getByRole('row')
      .filter({ hasText: 'bob' })
      .getByRole('link', { name: 'crew-images/app' })
      .first()
      .click();
    await view.page.getByText('No', { exact: true }).waitFor();
    await view.expectAccessible();
    await view.picture('why-refused');
    await view.page.getByRole('link', { name: 'Members of the team crew' }).click();
    await view.page.getByLabel('User name').fill('bob');
    await press('Add');
    await view.page.getByRole('combobox', { name: 'Role of bob' }).waitFor();
    expect((await his.pull('crew-images/app:latest')).code).toBe(0);
    await view.close();
  });
});
