import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { namespaceSearch } from '../pages/namespaces/namespace-search.js';
import { repositorySearch } from '../pages/repositories/repository-search.js';
import { tagSearch } from '../pages/tags/tag-search.js';
import { listSearch } from '../parts/list-search.js';
import { signedIn } from './frames.js';

const getParentRoute = () => signedIn;

const dashboard = createRoute({
  getParentRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/dashboard/dashboard.js'), 'Dashboard'),
});
const namespaces = createRoute({
  getParentRoute,
  path: '/namespaces',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/namespaces/namespaces.js'), 'Namespaces'),
});
const namespace = createRoute({
  getParentRoute,
  path: '/namespaces/$id',
  validateSearch: namespaceSearch,
  component: lazyRouteComponent(() => import('../pages/namespaces/namespace.js'), 'Namespace'),
});
const repositories = createRoute({
  getParentRoute,
  path: '/repositories',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/repositories/repositories.js'), 'Repositories'),
});
const repository = createRoute({
  getParentRoute,
  path: '/repositories/$id',
  validateSearch: repositorySearch,
  component: lazyRouteComponent(() => import('../pages/repositories/repository.js'), 'Repository'),
});
const tag = createRoute({
  getParentRoute,
  path: '/tags/$id',
  validateSearch: tagSearch,
  component: lazyRouteComponent(() => import('../pages/tags/tag.js'), 'Tag'),
});

const search = createRoute({
  getParentRoute,
  path: '/search',
  validateSearch: ({ q }): { q: string } => ({ q: typeof q === 'string' ? q.slice(0, 255) : '' }),
  component: lazyRouteComponent(() => import('../pages/search/search.js'), 'Search'),
});
const deletions = createRoute({
  getParentRoute,
  path: '/deletions',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/deletions/deletions.js'), 'Deletions'),
});
const deletion = createRoute({
  getParentRoute,
  path: '/deletions/$id',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/deletions/deletion.js'), 'Deletion'),
});

/** Images: what there is and where. */
export const catalogRoutes = [
  dashboard,
  namespaces,
  namespace,
  repositories,
  repository,
  tag,
  search,
  deletions,
  deletion,
] as const;
