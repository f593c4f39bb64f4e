export const TABS = ['tags', 'about', 'comments'] as const;
export type RepositoryTab = (typeof TABS)[number];

/** Which tab an address names. */
export function repositorySearch(search: Record<string, unknown>): { tab?: RepositoryTab } {
  const tab = TABS.find((name) => name === search['tab']);
  return tab === undefined ? {} : { tab };
}
