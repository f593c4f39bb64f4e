import { type ListSearch, listSearch } from '../../parts/list-search.js';

const TABS = ['queue', 'images', 'risks'] as const;
export type ScansTab = (typeof TABS)[number];
export const STATES = ['queued', 'running', 'done', 'failed', 'unsupported'] as const;

export interface ScansSearch extends ListSearch {
  tab?: ScansTab;
  state?: (typeof STATES)[number];
  /** The vulnerability of which the images are looked for. */
  cve?: string;
}

/** What of the scans an address shows. */
export function scansSearch(search: Record<string, unknown>): ScansSearch {
  const tab = TABS.find((name) => name === search['tab']);
  const state = STATES.find((name) => name === search['state']);
  const cve = search['cve'];
  return {
    ...listSearch(search),
    ...(tab === undefined ? {} : { tab }),
    ...(state === undefined ? {} : { state }),
    ...(typeof cve === 'string' && cve.trim() !== '' ? { cve: cve.trim().slice(0, 256) } : {}),
  };
}
