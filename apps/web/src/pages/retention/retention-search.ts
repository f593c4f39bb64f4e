import { type ListSearch, listSearch } from '../../parts/list-search.js';
import { type PlanSearch, planSearch } from './plan-search.js';

export interface RetentionSearch extends ListSearch, PlanSearch {}

/** What of the retention of all namespaces an address shows. */
export function retentionSearch(search: Record<string, unknown>): RetentionSearch {
  return { ...listSearch(search), ...planSearch(search) };
}
