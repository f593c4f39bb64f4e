import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { sessionQuery } from '../api/session.js';
import { listSearch } from '../parts/list-search.js';
import { ErrorPage, NotFoundPage } from './error-pages.js';
import { queryClient } from './query-client.js';
import { Shell } from './shell.js';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ notFoundComponent: NotFoundPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/users/sign_in',
  validateSearch: (search): { back?: string } => (isOwnPath(search['back']) ? { back: search['back'] } : {}),
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in.js'), 'SignIn'),
});

/** Pages of people who are signed in; others are sent to the sign-in page, which leads back. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(sessionQuery);
    if (me === null)
      throw redirect({ to: '/users/sign_in', search: location.href === '/' ? {} : { back: location.href } });
  },
  component: Shell,
});

const dashboard = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/dashboard/dashboard.js'), 'Dashboard'),
});

const repositories = createRoute({
  getParentRoute: () => signedIn,
  path: '/repositories',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/repositories/repositories.js'), 'Repositories'),
});

const routeTree = root.addChildren([signIn, signedIn.addChildren([dashboard, repositories])]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** Only a path of this site is gone back to: `//host` and whole addresses lead elsewhere. */
function isOwnPath(value: unknown): value is string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) && value.length <= 2_000;
}
