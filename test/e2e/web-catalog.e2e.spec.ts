import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildArtifact } from '../factories/image.js';
import { TestBrowser, type View } from '../support/browser.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { pushImage } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import type { TestUser } from '../support/stack-handle.js';
import { until } from '../support/until.js';
import { tagsOf, untilTag } from '../support/world.js';

const image = (seed: string) => buildCompressedImage({ seed });
const shortOf = (seed: string) => image(seed).manifest.digest.slice(0, 'sha256:'.length + 12);
const HOSTILE = '<img src=x onerror="document.title=1">**bold** [link](javascript:document.title=2)';

scenes('the page: images', { flavours: ['3'], needs: ['PORTUS_TEST_CHROMIUM'] }, (house) => {
  let browser: TestBrowser;
  let alice: TestUser;
  let view: View;
  beforeAll(async () => {
    browser = await TestBrowser.start(house().url);
    alice = await house().createUser('alice', 'password of alice');
    view = await browser.view();
    await view.signIn('alice', alice.password);
  });
  afterAll(() => browser.stop());

  const push = async (repository: string, tag: string, seed: string): Promise<void> => {
    const token = await house().token([`repository:${repository}:pull,push`], alice);
    await pushImage({ url: house().registry.url, repository, token }, tag, image(seed));
    await untilTag(house(), repository, tag, image(seed).manifest.digest);
  };
  const open = (name: string) => view.page.getByRole('link', { name, exact: true }).click();

  it('shows what was pushed: where, by whom, how big, how to pull it', async () => {
    for (const tag of ['v1', 'latest']) await push('alice/app', tag, 'one');
    await push('alice/app', 'v2', 'two');
    await open('Repositories');
    await open('alice/app');
    const row = view.page.getByRole('row').filter({ hasText: 'latest' });
    await row.getByText('v1').waitFor();
    await row.getByText('alice').waitFor();
    await view.expectAccessible();
    await view.picture('repository');
    await open('v2');
    await view.page.getByText(`docker pull ${house().registryHost}/alice/app:v2`).waitFor();
    await view.expectAccessible();
    await view.picture('tag');
  });

  it('puts a tag back to an image that it named before', async () => {
    await push('alice/back', 'stable', 'good');
    await push('alice/back', 'stable', 'broken');
    await view.page.goto('/repositories');
    await open('alice/back');
    await open('stable');
    await view.page.getByRole('tab', { name: 'History' }).click();
    await view.page.getByRole('button', { name: 'Back to this' }).click();
    const dialog = view.page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Roll back' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('stable');
    await view.expectAccessible();
    await dialog.getByRole('button', { name: 'Roll back' }).click();
    await dialog.waitFor({ state: 'detached' });
    await untilTag(house(), 'alice/back', 'stable', image('good').manifest.digest);
    await view.page
      .getByRole('row')
      .filter({ has: view.page.getByText('what it names now') })
      .filter({ hasText: shortOf('good') })
      .waitFor();
  });

  it('deletes chosen tags after showing what shares their image, and follows it to its end', async () => {
    for (const tag of ['gone', 'lost']) await push('alice/less', tag, 'shared');
    await push('alice/less', 'stays', 'other');
    await view.page.goto('/repositories');
    await open('alice/less');
    await view.page.getByRole('searchbox', { name: 'Filter Tags by name' }).fill('gone');
    await view.page.getByRole('link', { name: 'lost' }).waitFor({ state: 'detached' });
    await view.page.getByLabel('Choose gone').check();
    await view.page.getByRole('button', { name: 'Delete 1 tag' }).click();
    await view.page.getByRole('dialog').getByText('also has these tags, which stay: lost').waitFor();
    await view.expectAccessible();
    await view.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await view.page.getByRole('searchbox', { name: 'Filter Tags by name' }).fill('');
    await view.page.getByLabel(/^Choose .*lost/).check();
    await view.page.getByRole('button', { name: 'Delete 2 tags' }).click();
    const dialog = view.page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('delete 2 tags');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await view.page.getByRole('link', { name: 'gone' }).waitFor({ state: 'detached' });
    await view.page.getByRole('link', { name: 'stays' }).waitFor();
    const catalog = await house().untilEqual();
    expect(catalog['alice/less']).toEqual({ stays: image('other').manifest.digest });
  });

  it('lists what describes an image, and the pulls of each day', async () => {
    await push('alice/signed', 'v1', 'signed');
    const subject = image('signed').manifest;
    const token = await house().token([`repository:alice/signed:pull,push`], alice);
    const target = { url: house().registry.url, repository: 'alice/signed', token };
    await pushImage(target, 'sbom', buildArtifact({ artifactType: 'application/spdx+json', content: '{}', subject }));
    const pulled = await fetch(`${target.url}/v2/alice/signed/manifests/v1`, {
      headers: { authorization: `Bearer ${token}`, accept: subject.mediaType },
    });
    expect(pulled.status).toBe(200);
    const { v1 } = await tagsOf(house(), 'alice/signed');
    await view.page.goto(`/tags/${v1!.id}?tab=referrers`);
    await until('the SBOM is known', async () => {
      return (await house().get<unknown[]>(`/tags/${v1!.id}/referrers`, { as: alice })).body.length > 0;
    });
    await view.page.reload();
    await view.page.getByRole('row').filter({ hasText: 'SBOM' }).getByText('spdx', { exact: false }).waitFor();
    await view.expectAccessible();
    await until('the pull is counted', async () => {
      return (await house().get<{ pulls: number }>(`/tags/${v1!.id}/pulls`, { as: alice })).body.pulls === 1;
    });
    await view.page.getByRole('tab', { name: 'Pulls' }).click();
    await view.page.getByText('1 pull in this time').waitFor();
    await view.page.getByRole('img', { name: /^Pulls per day/ }).waitFor();
    await view.picture('pulls');
    const { sbom } = await tagsOf(house(), 'alice/signed');
    await view.page.goto(`/tags/${sbom!.id}`);
    await view.page.getByText(`oras pull ${house().registryHost}/alice/signed:sbom`).waitFor();
    await view.page.getByRole('button', { name: 'Delete 1 tag' }).click();
    await view.page.getByRole('dialog').getByRole('textbox').fill('delete 1 tag');
    await view.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await view.page.getByRole('heading', { name: 'alice/signed', level: 1 }).waitFor();
    await view.page.getByRole('link', { name: 'v1' }).waitFor();
    expect(await view.page.getByRole('link', { name: 'sbom' }).count()).toBe(0);
  });

  it('pages comments, newest first, and keeps the page in the address', async () => {
    const { body } = await house().get<{ id: number; full_name: string }[]>('/repositories', { as: alice });
    const { id } = body.find((one) => one.full_name === 'alice/app')!;
    for (let i = 1; i <= 30; i += 1)
      await house().post(`/repositories/${id}/comments`, { comment: { body: `comment ${i} of many` } }, { as: alice });
    await view.page.goto(`/repositories/${id}?tab=comments`);
    await view.page.getByText('comment 30 of many').waitFor();
    await view.page.getByRole('button', { name: 'Next page' }).click();
    await view.page.getByText('comment 1 of many', { exact: true }).waitFor();
    expect(new URL(view.page.url()).searchParams.get('page')).toBe('2');
    await view.page.getByLabel('Write a comment').fill('a last word');
    await view.page.getByRole('button', { name: 'Send' }).click();
    await view.page.getByRole('button', { name: 'Previous page' }).click();
    await view.page.getByText('a last word').waitFor();
    await view.expectAccessible();
  });

  it('shows text of others as text', async () => {
    await push('alice/hostile', 'v1', 'hostile');
    const { body } = await house().get<{ id: number; full_name: string }[]>('/repositories', { as: alice });
    const { id } = body.find((one) => one.full_name === 'alice/hostile')!;
    await house().put(`/repositories/${id}`, { repository: { description: HOSTILE } }, { as: alice });
    await house().post(`/repositories/${id}/comments`, { comment: { body: HOSTILE } }, { as: alice });
    for (const tab of ['about', 'comments']) {
      await view.page.goto(`/repositories/${id}?tab=${tab}`);
      await view.page.locator('strong', { hasText: 'bold' }).waitFor();
      expect(await view.page.locator('main img').count()).toBe(0);
      expect(await view.page.getByText('link').getAttribute('href')).not.toContain('javascript');
      expect(await view.page.title()).toContain('Portus');
    }
  });

  it('makes a namespace for a team, opens it to everybody, and shows who may pull', async () => {
    await house().post('/teams', { name: 'crew' }, { as: alice });
    await view.page.goto('/namespaces');
    await view.page.getByRole('button', { name: 'New namespace' }).click();
    const dialog = view.page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('crew-images');
    await dialog.getByLabel('Team').fill('crew');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await view.page.getByRole('heading', { name: 'crew-images' }).waitFor();
    await view.page.getByText('Everybody pulls', { exact: true }).click();
    await view.page.getByText('Public', { exact: true }).waitFor();
    await view.expectAccessible();
    await view.picture('namespace');
  });

  it('looks right in the dark and on a phone', async () => {
    for (const options of [{ look: 'dark' }, { size: 'phone' }] as const) {
      const other = await browser.view(options);
      await other.signIn('alice', alice.password);
      await other.page.goto('/repositories');
      await other.page.getByRole('link', { name: 'alice/app' }).click();
      await other.page.getByRole('link', { name: 'v2' }).waitFor();
      await other.expectAccessible();
      await other.picture(`repository-${Object.values(options).join('-')}`);
      await other.close();
    }
    await view.close();
  });
});
