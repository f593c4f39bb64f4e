import { type ListSearch, listSearch } from '../../parts/list-search.js';
import { SEVERITIES, type SeverityName } from '../../parts/severity.js';

export const TABS = ['image', 'vulnerabilities', 'layers', 'history', 'pulls', 'referrers'] as const;
export type TagTab = (typeof TABS)[number];

/** Which findings of an image are looked at. */
export interface FindingFilter {
  severity?: SeverityName;
  fixable?: 'true' | 'false';
  package?: string;
  vulnerability?: string;
  scanner?: string;
}

export interface TagSearch extends ListSearch, FindingFilter {
  tab?: TagTab;
  /** Of an index: the image whose layers are looked at. */
  platform?: string;
}

const NAMES = ['package', 'vulnerability', 'scanner', 'platform'] as const;

/** What of a tag an address shows. */
export function tagSearch(search: Record<string, unknown>): TagSearch {
  const tab = TABS.find((name) => name === search['tab']);
  const severity = SEVERITIES.find((name) => name === search['severity']);
  const fixable = (['true', 'false'] as const).find((value) => value === String(search['fixable']));
  return {
    ...listSearch(search),
    ...(tab === undefined ? {} : { tab }),
    ...(severity === undefined ? {} : { severity }),
    ...(fixable === undefined ? {} : { fixable }),
    ...Object.fromEntries(
      NAMES.flatMap((name) => {
        const value = search[name];
        return typeof value === 'string' && value.trim() !== '' ? [[name, value.trim().slice(0, 256)]] : [];
      }),
    ),
  };
}

/** The part of it that filters findings. */
export function findingFilter({ severity, fixable, package: name, vulnerability, scanner }: TagSearch): FindingFilter {
  return {
    ...(severity === undefined ? {} : { severity }),
    ...(fixable === undefined ? {} : { fixable }),
    ...(name === undefined ? {} : { package: name }),
    ...(vulnerability === undefined ? {} : { vulnerability }),
    ...(scanner === undefined ? {} : { scanner }),
  };
}
