import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { listSearch } from '../parts/list-search.js';
import { signedIn } from './frames.js';

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

/** Images: what there is and where. */
export const catalogRoutes = [dashboard, repositories] as const;
