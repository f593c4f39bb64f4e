import { type Places, places } from '../../parts/list-places.js';

const TABS = ['account', 'password', 'tokens', 'sessions'] as const;
type ProfileTab = (typeof TABS)[number];

/** Which tab an address names, and where one stands in its lists. */
export function profileSearch(search: Record<string, unknown>): Places & { tab?: ProfileTab } {
  const tab = TABS.find((name) => name === search['tab']);
  return { ...places(search), ...(tab === undefined ? {} : { tab }) };
}
