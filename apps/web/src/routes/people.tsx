import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from './frames.js';

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/users/sign_in',
  validateSearch: (search): { back?: string } => (isOwnPath(search['back']) ? { back: search['back'] } : {}),
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in.js'), 'SignIn'),
});

/** For those who are not signed in. */
export const visitorRoutes = [signIn] as const;
/** People, teams, rights and tokens. */
export const peopleRoutes = [] as const;

/** Only a path of this site is gone back to: `//host` and whole addresses lead elsewhere. */
function isOwnPath(value: unknown): value is string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) && value.length <= 2_000;
}
