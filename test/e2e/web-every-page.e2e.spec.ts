import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, type View } from '../support/browser.js';
import { hostileHouse, type HostileWorld } from '../support/hostile-house.js';
import { pageRoutes } from '../support/page-routes.js';
import { scenes } from '../support/scenes.js';

/** What somebody could show who never signed in. */
const VISITORS = ['/users/sign_in', '/users/sign_up', '/users/password/new', '/reset_password', '/explore'];
/** Addresses of each route, with every tab. A route that is missing here fails the first test. */
const ADDRESSES: Readonly<Record<string, (world: HostileWorld & { webhook: number }) => string[]>> = {
  '/': () => ['/'],
  '/namespaces': () => ['/namespaces', '/namespaces?q=%3Cb%3E'],
  '/namespaces/$id': ({ namespace }) => [`/namespaces/${namespace}`],
  '/repositories': () => ['/repositories'],
  '/repositories/$id': ({ repository }) => tabs(`/repositories/${repository}`, ['tags', 'about', 'comments']),
  '/tags/$id': ({ tag }) => tabs(`/tags/${tag}`, ['image', 'history', 'pulls', 'referrers']),
  '/search': ({ markup }) => [`/search?q=${encodeURIComponent(markup)}`, '/search?q=crew'],
  '/deletions': () => ['/deletions'],
  '/deletions/$id': ({ deletion }) => [`/deletions/${deletion}`],
  '/users/sign_in': () => ['/users/sign_in'],
  '/users/sign_up': () => ['/users/sign_up'],
  '/users/password/new': () => ['/users/password/new'],
  '/reset_password': () => ['/reset_password#token=x'],
  '/explore': ({ markup }) => ['/explore?q=crew', `/explore?q=${encodeURIComponent(markup)}`],
  '/users/edit': () => tabs('/users/edit', ['account', 'password', 'tokens', 'sessions']),
  '/teams': () => ['/teams'],
  '/teams/$id': ({ team }) => [`/teams/${team}`],
  '/admin/users': () => ['/admin/users'],
  '/admin/users/$id': ({ user, bot }) => [`/admin/users/${user}`, `/admin/users/${bot}`],
  '/admin/bots': () => ['/admin/bots'],
  '/admin/activities': () => ['/admin/activities'],
  '/why': () => ['/why?user=hostile&action=push&repository=crew/app'],
  '/admin/registries': () => ['/admin/registries'],
  '/admin/registries/$id': () => tabs('/admin/registries/1', ['drift', 'syncs', 'secret', 'config']),
  '/admin/registries/$id/syncs/$run': ({ run }) => [`/admin/registries/1/syncs/${run}`],
  '/truth': () => ['/truth'],
  '/health': () => ['/health'],
  '/start': () => ['/start'],
  '/scans': () => tabs('/scans', ['queue', 'images', 'risks']),
  '/admin/retention': () => ['/admin/retention'],
  '/namespaces/$id/webhooks/$webhook': ({ namespace, webhook }) =>
    tabs(`/namespaces/${namespace}/webhooks/${webhook}`, ['deliveries', 'headers']),
};
/** Errors are pages too. */
const ERRORS = [
  '/repositories/999999',
  '/tags/999999',
  '/admin/registries/999999',
  '/teams/x',
  '/namespaces?sort=nonsense',
];

scenes('the page: every route', { flavours: ['3'], needs: ['PORTUS_TEST_CHROMIUM'] }, (house) => {
  let browser: TestBrowser;
  let view: View;
  let world: HostileWorld & { webhook: number };
  beforeAll(async () => {
    const hostile = await hostileHouse(house());
    const webhook = { url: 'https://receiver.example.test/', name: hostile.markup, events: ['push'] };
    const made = await house().post<{ id: number }>(`/namespaces/${hostile.namespace}/webhooks`, { webhook });
    world = { ...hostile, webhook: made.body.id };
    browser = await TestBrowser.start(house().url);
    view = await browser.view();
    await view.signIn('admin', house().adminPassword);
  });
  afterAll(() => browser.stop());

  it('is listed here', () => {
    expect(Object.keys(ADDRESSES).toSorted()).toEqual(pageRoutes());
  });

  it.each(pageRoutes())('%s is for everybody: axe, phones, the dark, and markup that stays text', async (route) => {
    const looker = VISITORS.includes(route) ? await browser.view() : view;
    for (const address of ADDRESSES[route]!(world)) await expectGood(looker, address, route);
    if (looker !== view) await looker.close();
  });

  it.each(ERRORS)('%s says what went wrong, what to do, and by what the log is searched', async (address) => {
    await expectGood(view, address, `error ${address}`);
    const alert = view.page.getByRole('alert');
    await alert.getByText('It may have been deleted').or(alert.getByText('Correct what is named here')).waitFor();
    await alert.getByText('Request id').waitFor();
  });

  it('left no fault behind', async () => {
    await view.close();
  });

  async function expectGood(looker: View, address: string, route: string): Promise<void> {
    const { page } = looker;
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(address);
    await looker.untilAtRest();
    expect.soft(await looker.shift(), `${address} jumps while it loads`).toBeLessThan(0.1);
    await looker.expectAccessible();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await looker.untilAtRest();
    await expect
      .poll(() => looker.overflow(), { message: `${address} is wider than a phone`, timeout: 10_000 })
      .toBe(0);
    await looker.expectAccessible();
    await looker.picture(`every-${route.replaceAll(/\W+/g, '-')}`);
    expect.soft(await page.locator('[data-hostile]').count(), address).toBe(0);
    expect.soft(await page.evaluate<boolean>(`'hostile' in globalThis`), address).toBe(false);
  }
});

function tabs(address: string, names: string[]): string[] {
  return names.map((name) => `${address}?tab=${name}`);
}
