export const TABS = ['account', 'password', 'tokens', 'sessions'] as const;
export type ProfileTab = (typeof TABS)[number];

/** Which tab an address names. */
export function profileSearch(search: Record<string, unknown>): { tab?: ProfileTab } {
  const tab = TABS.find((name) => name === search['tab']);
  return tab === undefined ? {} : { tab };
}
