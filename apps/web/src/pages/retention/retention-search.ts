import { type ListSearch, listSearch } from '../../parts/list-search.js';
import { type Places, places } from '../../parts/list-places.js';
import { type PlanSearch, planSearch } from './plan-search.js';

export interface RetentionSearch extends ListSearch, PlanSearch, Places {}

/** What of the retention of all namespaces an address shows. */
export function retentionSearch(search: Record<string, unknown>): RetentionSearch {
  return { ...listSearch(search), ...planSearch(search), ...places(search) };
}
