import type { Page, Place } from '#persistence/listing.js';

/** A page of a list: its first one or, with a place, what lies behind it. */
export function pageBy<S extends string>(
  sort: S,
  order: 'ASC' | 'DESC' = 'ASC',
  take = 100,
  after: Place | null = null,
): Page<S> {
  return { skip: 0, take, sort, order, after };
}
