/** Where somebody stands in a list; it lives in the address, so that it can be reloaded, sent and gone back to. */
export interface ListSearch {
  page?: number;
  /** Of lists that are gone through from a place on: where this page begins. */
  cursor?: string;
  sort?: string;
  order?: 'asc' | 'desc';
  /** Only what has this in its name. */
  q?: string;
}

/** Reads it from an address that anybody may have written. */
export function listSearch(search: Record<string, unknown>): ListSearch {
  const page = Number(search['page']);
  const { sort, order, cursor, q } = search;
  return {
    ...(Number.isInteger(page) && page > 1 && page <= 1_000_000 ? { page } : {}),
    ...(typeof cursor === 'string' && /^[\w.~-]{1,512}$/.test(cursor) ? { cursor } : {}),
    ...(typeof sort === 'string' && /^[a-z_]{1,40}$/.test(sort) ? { sort } : {}),
    ...(order === 'asc' || order === 'desc' ? { order } : {}),
    ...(isText(q) ? { q: String(q).slice(0, 255) } : {}),
  };
}

/** The router reads what looks like a number as one. */
function isText(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}

interface ApiQuery {
  page?: number;
  sort_attr?: never;
  sort_order?: 'asc' | 'desc';
  search?: string;
}

/**
 * The same in the words of the api. The address may name any attribute to sort by, hence `never`: the api refuses those
 * that it does not know, and says so.
 */
export function apiQuery(search: ListSearch): ApiQuery {
  return {
    ...(search.page === undefined ? {} : { page: search.page }),
    ...(search.sort === undefined ? {} : { sort_attr: search.sort as never }),
    ...(search.order === undefined ? {} : { sort_order: search.order }),
    ...(search.q === undefined ? {} : { search: search.q }),
  };
}
