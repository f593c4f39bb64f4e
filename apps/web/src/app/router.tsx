import { createRouter } from '@tanstack/react-router';
import { catalogRoutes } from '../routes/catalog.js';
import { root, signedIn } from '../routes/frames.js';
import { peopleRoutes, visitorRoutes } from '../routes/people.js';
import { ruleRoutes } from '../routes/rules.js';
import { startRoutes, truthRoutes } from '../routes/truth.js';
import { ErrorPage, NotFoundPage } from './error-pages.js';
import { queryClient } from './query-client.js';

const routeTree = root.addChildren([
  ...visitorRoutes,
  ...startRoutes,
  signedIn.addChildren([...catalogRoutes, ...peopleRoutes, ...truthRoutes, ...ruleRoutes]),
]);

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
