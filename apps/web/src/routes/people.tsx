import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { activitySearch } from '../pages/activities/activity-search.js';
import { profileSearch } from '../pages/profile/profile-search.js';
import { whySearch } from '../pages/why/why-search.js';
import { places } from '../parts/list-places.js';
import { listSearch } from '../parts/list-search.js';
import { root, signedIn } from './frames.js';

const getParentRoute = () => signedIn;

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/users/sign_in',
  validateSearch: (search): { back?: string } => (isOwnPath(search['back']) ? { back: search['back'] } : {}),
  component: lazyRouteComponent(() => import('../pages/visitors/sign-in.js'), 'SignIn'),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/users/sign_up',
  component: lazyRouteComponent(() => import('../pages/visitors/sign-up.js'), 'SignUp'),
});
const forgotten = createRoute({
  getParentRoute: () => root,
  path: '/users/password/new',
  component: lazyRouteComponent(() => import('../pages/visitors/forgotten-password.js'), 'ForgottenPassword'),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset_password',
  component: lazyRouteComponent(() => import('../pages/visitors/reset-password.js'), 'ResetPassword'),
});
const explore = createRoute({
  getParentRoute: () => root,
  path: '/explore',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/visitors/explore.js'), 'Explore'),
});
const profile = createRoute({
  getParentRoute,
  path: '/users/edit',
  validateSearch: profileSearch,
  component: lazyRouteComponent(() => import('../pages/profile/profile.js'), 'Profile'),
});
const teams = createRoute({
  getParentRoute,
  path: '/teams',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/teams/teams.js'), 'Teams'),
});
const team = createRoute({
  getParentRoute,
  path: '/teams/$id',
  validateSearch: places,
  component: lazyRouteComponent(() => import('../pages/teams/team.js'), 'Team'),
});
const users = createRoute({
  getParentRoute,
  path: '/admin/users',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/users/users.js'), 'Users'),
});
const user = createRoute({
  getParentRoute,
  path: '/admin/users/$id',
  validateSearch: places,
  component: lazyRouteComponent(() => import('../pages/users/user.js'), 'User'),
});
const bots = createRoute({
  getParentRoute,
  path: '/admin/bots',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/users/bots.js'), 'Bots'),
});
const activities = createRoute({
  getParentRoute,
  path: '/admin/activities',
  validateSearch: activitySearch,
  component: lazyRouteComponent(() => import('../pages/activities/activities.js'), 'Activities'),
});
const why = createRoute({
  getParentRoute,
  path: '/why',
  validateSearch: whySearch,
  component: lazyRouteComponent(() => import('../pages/why/why.js'), 'Why'),
});

/** For those who are not signed in. */
export const visitorRoutes = [signIn, signUp, forgotten, reset, explore] as const;
/** People, teams, rights and tokens. */
export const peopleRoutes = [profile, teams, team, users, user, bots, activities, why] as const;

/** Only a path of this site is gone back to: `//host` and whole addresses lead elsewhere. */
function isOwnPath(value: unknown): value is string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) && value.length <= 2_000;
}
