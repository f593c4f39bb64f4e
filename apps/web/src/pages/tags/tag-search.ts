export const TABS = ['image', 'history', 'pulls', 'referrers'] as const;
export type TagTab = (typeof TABS)[number];

/** Which tab an address names. */
export function tagSearch(search: Record<string, unknown>): { tab?: TagTab } {
  const tab = TABS.find((name) => name === search['tab']);
  return tab === undefined ? {} : { tab };
}
