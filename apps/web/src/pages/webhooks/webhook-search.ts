import { type ListSearch, listSearch } from '../../parts/list-search.js';

const TABS = ['deliveries', 'headers'] as const;
export type WebhookTab = (typeof TABS)[number];
export const STATES = ['waiting', 'delivered', 'dead'] as const;

export interface WebhookSearch extends ListSearch {
  tab?: WebhookTab;
  state?: (typeof STATES)[number];
  /** The delivery that is looked at. */
  delivery?: number;
}

/** What of a webhook an address shows. */
export function webhookSearch(search: Record<string, unknown>): WebhookSearch {
  const tab = TABS.find((name) => name === search['tab']);
  const state = STATES.find((name) => name === search['state']);
  const delivery = Number(search['delivery']);
  return {
    ...listSearch(search),
    ...(tab === undefined ? {} : { tab }),
    ...(state === undefined ? {} : { state }),
    ...(Number.isSafeInteger(delivery) && delivery > 0 ? { delivery } : {}),
  };
}
