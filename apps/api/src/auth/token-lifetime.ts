import type { Settings } from '#platform/config/settings.js';

export type Lifetimes = Pick<Settings, 'tokenLifetime' | 'pullTokenLifetime' | 'pushTokenLifetime'>;

/**
 * How long a token lives, seconds: by the mightiest action that it grants. A push always asks for pull too, so the token
 * of a push is one that grants anything but pulls; by any other rule one of the two settings would rule both.
 */
export function lifetimeOf(granted: readonly { actions: readonly string[] }[], lifetimes: Lifetimes): number {
  const pullOnly = granted.every(({ actions }) => actions.every((action) => action === 'pull'));
  const own = pullOnly ? lifetimes.pullTokenLifetime : lifetimes.pushTokenLifetime;
  return (own ?? lifetimes.tokenLifetime) * 60;
}
