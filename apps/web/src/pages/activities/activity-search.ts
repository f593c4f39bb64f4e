import { type ListSearch, listSearch } from '../../parts/list-search.js';

export const KINDS = [
  'user',
  'team',
  'namespace',
  'repository',
  'tag',
  'registry',
  'application_token',
  'session',
  'webhook',
] as const;

export interface ActivitySearch extends ListSearch {
  kind?: (typeof KINDS)[number];
}

/** What of the activities an address shows. */
export function activitySearch(search: Record<string, unknown>): ActivitySearch {
  const kind = KINDS.find((name) => name === search['kind']);
  return { ...listSearch(search), ...(kind === undefined ? {} : { kind }) };
}
