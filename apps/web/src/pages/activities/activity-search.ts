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
  /** Days, `YYYY-MM-DD` where somebody looks; both are included. */
  since?: string;
  until?: string;
  /** Id of who did it. */
  user?: number;
}

/** What of the activities an address shows. */
export function activitySearch(search: Record<string, unknown>): ActivitySearch {
  const kind = KINDS.find((name) => name === search['kind']);
  const { since, until, user } = search;
  return {
    ...listSearch(search),
    ...(kind === undefined ? {} : { kind }),
    ...(isDay(since) ? { since } : {}),
    ...(isDay(until) ? { until } : {}),
    ...(typeof user === 'number' && Number.isInteger(user) && user > 0 ? { user } : {}),
  };
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
}
