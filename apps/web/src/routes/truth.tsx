import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { registrySearch } from '../pages/registries/registry-search.js';
import { truthSearch } from '../pages/truth/truth-search.js';
import { listSearch } from '../parts/list-search.js';
import { root, signedIn } from './frames.js';

const getParentRoute = () => signedIn;

const registries = createRoute({
  getParentRoute,
  path: '/admin/registries',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/registries/registries.js'), 'Registries'),
});
const registry = createRoute({
  getParentRoute,
  path: '/admin/registries/$id',
  validateSearch: registrySearch,
  component: lazyRouteComponent(() => import('../pages/registries/registry.js'), 'Registry'),
});
const syncRun = createRoute({
  getParentRoute,
  path: '/admin/registries/$id/syncs/$run',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/registries/sync-run.js'), 'SyncRun'),
});
const truth = createRoute({
  getParentRoute,
  path: '/truth',
  validateSearch: truthSearch,
  component: lazyRouteComponent(() => import('../pages/truth/truth.js'), 'Truth'),
});
const health = createRoute({
  getParentRoute,
  path: '/health',
  component: lazyRouteComponent(() => import('../pages/health/health.js'), 'Health'),
});

const start = createRoute({
  getParentRoute: () => root,
  path: '/start',
  component: lazyRouteComponent(() => import('../pages/start/start.js'), 'Start'),
});

/** Registries, syncs, scans, health: whether it is all true. */
export const truthRoutes = [registries, registry, syncRun, truth, health] as const;
/** From an empty house on: before anybody can sign in. */
export const startRoutes = [start] as const;
