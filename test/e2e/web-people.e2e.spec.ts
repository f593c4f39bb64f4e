import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, type View } from '../support/browser.js';
import { scenes } from '../support/scenes.js';
import type { TestUser } from '../support/stack-handle.js';

scenes('the page: people', { flavours: ['2.8'], needs: ['PORTUS_TEST_CHROMIUM'], stack: { workers: 0 } }, (house) => {
  let browser: TestBrowser;
  let alice: TestUser;
  let bob: TestUser;
  let view: View;
  beforeAll(async () => {
    browser = await TestBrowser.start(house().url);
    alice = await house().createUser('alice', 'password of alice');
    bob = await house().createUser('bob', 'password of bob');
    view = await browser.view();
    await view.signIn('alice', alice.password);
  });
  afterAll(() => browser.stop());

  const dialog = () => view.page.getByRole('dialog');

  it('makes a token that is shown once, works, and ends when it is revoked', async () => {
    await view.page.goto('/users/edit?tab=tokens');
    await view.page.getByRole('button', { name: 'New token' }).click();
    await dialog().getByLabel('What for').fill('ci');
    await view.expectAccessible();
    await dialog().getByRole('button', { name: 'Create' }).click();
    const plain = await view.page.getByRole('alert').locator('code').first().innerText();
    const speaker = { username: 'alice', password: plain };
    expect((await house().get('/profile', { as: speaker })).status).toBe(200);
    await view.picture('token-made');
    await view.page.reload();
    await view.page.getByRole('cell', { name: 'ci', exact: true }).waitFor();
    expect(await view.page.getByText(plain).count()).toBe(0);
    await view.page.getByRole('button', { name: 'Revoke ci' }).click();
    await dialog().getByRole('textbox').fill('ci');
    await dialog().getByRole('button', { name: 'Revoke' }).click();
    await view.page.getByRole('cell', { name: 'ci', exact: true }).waitFor({ state: 'detached' });
    expect((await house().get('/profile', { as: speaker })).status).toBe(401);
  });

  it('tells why a colleague is refused, and mends it by making them a member', async () => {
    await view.page.goto('/teams');
    await view.page.getByRole('button', { name: 'New team' }).click();
    await dialog().getByLabel('Name').fill('crew');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await view.page.getByRole('heading', { name: 'crew' }).waitFor();
    await house().post('/namespaces', { name: 'crew', team: 'crew' }, { as: alice });
    // What a registry client would do: bob is refused, and finds the reason.
    await house().token(['repository:crew/app:pull,push'], bob);
    const his = await browser.view();
    await his.signIn('bob', bob.password);
    await his.page.goto('/why');
    await his.page.getByRole('link', { name: 'crew/app' }).first().click();
    await his.page.getByText('No', { exact: true }).waitFor();
    expect(await his.page.getByRole('textbox', { name: 'Repository' }).inputValue()).toBe('crew/app');
    await his.expectAccessible();
    await his.picture('why');
    await view.page.getByLabel('User name').fill('bob');
    await view.page.getByRole('button', { name: 'Add' }).click();
    await view.page.getByRole('combobox', { name: 'Role of bob' }).click();
    await view.page.getByRole('option', { name: 'Contributor' }).click();
    await view.expectAccessible();
    await view.picture('team');
    await his.page.goto('/why?user=bob&action=push&repository=crew/app');
    await his.page.getByText('Yes', { exact: true }).waitFor();
    await his.close();
  });

  it('lists and ends the places where one is signed in; a new password ends the others', async () => {
    const other = await browser.view();
    await other.signIn('alice', alice.password);
    await view.page.goto('/users/edit?tab=password');
    await view.page.getByRole('textbox', { name: 'Present password' }).fill(alice.password);
    await view.page.getByRole('textbox', { name: 'New password' }).fill('a new password of alice');
    await view.page.getByRole('button', { name: 'Change the password' }).click();
    await view.page.getByText('The password is changed.', { exact: false }).waitFor();
    await other.page.goto('/repositories?sort=full_name&order=desc');
    await other.enter('alice', 'a new password of alice');
    await other.page.getByRole('heading', { name: 'Repositories' }).waitFor();
    expect(new URL(other.page.url()).search).toBe('?sort=full_name&order=desc');
    // What is open when the session ends is come back to just so.
    await house().sql('DELETE FROM sessions WHERE user_id = $1', [alice.id]);
    await other.page.getByRole('link', { name: 'Teams' }).click();
    await other.enter('alice', 'a new password of alice');
    await other.page.getByRole('heading', { name: 'Teams' }).waitFor();
    await view.signIn('alice', 'a new password of alice');
    await other.close();
    await view.page.goto('/users/edit?tab=sessions');
    await view.page.getByText('this one').waitFor();
    await view.expectAccessible();
  });

  it('lets an administrator make, promote, disable and delete users, and read what was done', async () => {
    const admin = await browser.view();
    await admin.signIn('admin', house().adminPassword);
    await admin.page.goto('/admin/users');
    await admin.page.getByRole('button', { name: 'New user' }).click();
    const form = admin.page.getByRole('dialog');
    await form.getByLabel('User name').fill('carol');
    await form.getByLabel('Mail address').fill('carol@example.test');
    await form.getByRole('textbox', { name: 'Password' }).fill('password of carol');
    await form.getByRole('button', { name: 'Create' }).click();
    const row = admin.page.getByRole('row').filter({ hasText: 'carol' });
    for (const [act, mark] of [
      ['Make an administrator', 'admin'],
      ['Disable', 'disabled'],
    ] as const) {
      await row.getByRole('button', { name: 'Change carol' }).click();
      await admin.page.getByRole('menuitem', { name: act }).click();
      await row.getByText(mark, { exact: true }).waitFor();
    }
    await admin.expectAccessible();
    await admin.picture('users');
    await row.getByRole('button', { name: 'Change carol' }).click();
    await admin.page.getByRole('menuitem', { name: 'Delete' }).click();
    await admin.page.getByRole('dialog').getByRole('textbox').fill('carol');
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await row.waitFor({ state: 'detached' });
    await admin.page.goto('/admin/activities?kind=user');
    await admin.page.getByRole('row').filter({ hasText: 'user.delete' }).filter({ hasText: 'carol' }).waitFor();
    const csv = admin.page.getByRole('link', { name: 'Download as CSV' });
    const [download] = await Promise.all([admin.page.waitForEvent('download'), csv.click()]);
    expect(readFileSync(await download.path(), 'utf8')).toContain('user,carol,delete');
    await admin.expectAccessible();
    await admin.close();
  });

  it('finds everything by a part of its name, by the keyboard', async () => {
    await view.page.goto('/');
    await view.page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    for (const [keys, text, found] of [
      ['/', 'cre', 'crew'],
      ['Control+k', 'ali', 'alice'],
    ] as const) {
      await view.page.keyboard.press(keys);
      await view.page.keyboard.type(text);
      await view.page.keyboard.press('Enter');
      await view.page.getByRole('main').getByRole('link', { name: found }).first().waitFor();
      // Out of the box again, as a reader is.
      await view.page.getByRole('heading', { level: 1 }).click();
    }
    await view.expectAccessible();
    await view.close();
  });
});
