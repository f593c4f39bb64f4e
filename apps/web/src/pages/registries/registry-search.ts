import { type ListSearch, listSearch } from '../../parts/list-search.js';

const TABS = ['drift', 'syncs', 'secret', 'config'] as const;
export type RegistryTab = (typeof TABS)[number];

export interface RegistrySearch extends ListSearch {
  tab?: RegistryTab;
}

/** What of a registry an address shows. */
export function registrySearch(search: Record<string, unknown>): RegistrySearch {
  const tab = TABS.find((name) => name === search['tab']);
  return { ...listSearch(search), ...(tab === undefined ? {} : { tab }) };
}
