import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, redirect } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.js';
import { NotFoundPage } from '../app/error-pages.js';
import { Shell } from '../app/shell.js';

export const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ notFoundComponent: NotFoundPage });

/** Around pages of people who are signed in; others are sent to the sign-in page, which leads back. */
export const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(sessionQuery);
    if (me !== null) return;
    throw redirect({ to: '/users/sign_in', search: location.href === '/' ? {} : { back: location.href } });
  },
  component: Shell,
});
