import { listSearch } from '../../parts/list-search.js';

export const ACTIONS = ['pull', 'push', 'delete'] as const;

/** The question that an address asks. */
export interface WhySearch {
  user?: string;
  action?: (typeof ACTIONS)[number];
  repository?: string;
  /** Where the page of refused requests begins. */
  cursor?: string;
}

export function whySearch(search: Record<string, unknown>): WhySearch {
  const { user, repository } = search;
  const { cursor } = listSearch(search);
  const action = ACTIONS.find((name) => name === search['action']);
  return {
    ...(isText(user) ? { user } : {}),
    ...(action === undefined ? {} : { action }),
    ...(isText(repository) ? { repository } : {}),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 255;
}
