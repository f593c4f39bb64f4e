import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ListSearch, listSearch } from './list-search.js';

/** Lists that share their page with others: each has its page number in the address, under its own name. */
export const PLACES = ['members', 'namespaces', 'tokens', 'logins', 'browsers', 'rules'] as const;
export type PlaceName = (typeof PLACES)[number];
/** What is asked of the server: without a number it answers these lists as a whole. */
export const PAGE = { per_page: 25 } as const;
export type Places = Partial<Record<PlaceName, number>>;

/** Reads the places from an address that anybody may have written. */
export function places(search: Record<string, unknown>): Places {
  const known = PLACES.map((name) => [name, listSearch({ page: search[name] }).page] as const);
  return Object.fromEntries(known.filter(([, page]) => page !== undefined));
}

/** Where one stands in one of these lists, and the way to another page of it. */
export function usePlace(name: PlaceName): [place: ListSearch, go: (place: ListSearch) => void] {
  const page = places(useSearch({ strict: false }))[name];
  const navigate = useNavigate();
  const go = (place: ListSearch) =>
    void navigate({ to: '.', search: (former) => ({ ...former, [name]: place.page }) as never });
  return [page === undefined ? {} : { page }, go];
}
