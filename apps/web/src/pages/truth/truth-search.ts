import { type ListSearch, listSearch } from '../../parts/list-search.js';

export const STATES = ['received', 'done', 'ignored', 'failed', 'dead', 'rejected'] as const;

export interface TruthSearch extends ListSearch {
  state?: (typeof STATES)[number];
}

/** Which events an address shows. */
export function truthSearch(search: Record<string, unknown>): TruthSearch {
  const state = STATES.find((name) => name === search['state']);
  return { ...listSearch(search), ...(state === undefined ? {} : { state }) };
}
