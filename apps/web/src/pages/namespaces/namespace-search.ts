import { type ListSearch, listSearch } from '../../parts/list-search.js';
import { type Places, places } from '../../parts/list-places.js';
import { type PlanSearch, planSearch } from '../retention/plan-search.js';

export const TABS = ['repositories', 'webhooks', 'retention', 'risks'] as const;
export type NamespaceTab = (typeof TABS)[number];

export interface NamespaceSearch extends ListSearch, PlanSearch, Places {
  tab?: NamespaceTab;
}

/** What of a namespace an address shows. */
export function namespaceSearch(search: Record<string, unknown>): NamespaceSearch {
  const tab = TABS.find((name) => name === search['tab']);
  return { ...listSearch(search), ...planSearch(search), ...places(search), ...(tab === undefined ? {} : { tab }) };
}
