import { type ListSearch, listSearch } from '../../parts/list-search.js';

const TABS = ['tags', 'about', 'comments'] as const;
export type RepositoryTab = (typeof TABS)[number];

export interface RepositorySearch extends ListSearch {
  tab?: RepositoryTab;
}

/** Which tab an address names, and where one stands in the list of it. */
export function repositorySearch(search: Record<string, unknown>): RepositorySearch {
  const tab = TABS.find((name) => name === search['tab']);
  return { ...listSearch(search), ...(tab === undefined ? {} : { tab }) };
}
