import { z } from 'zod';
import type { Page } from '#persistence/listing.js';
import { readCursor } from './list-cursor.js';

/** The most items that one page may have; `all` gives as many. */
export const MAX_PER_PAGE = 1_000;

/** Query parameters of a list that has one order. */
export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).optional().describe('1 unless given'),
  per_page: z.coerce.number().int().min(1).max(MAX_PER_PAGE).optional(),
  cursor: z.string().max(2_000).optional().describe('`X-Next-Cursor` of the answer before; instead of `page`'),
});
export type PageQuery = z.output<typeof pageQuery>;

/** Query parameters of a list that has no total: it is gone through by cursors, in one order. */
export const cursorQuery = pageQuery.pick({ per_page: true, cursor: true });

const nameFilter = z
  .string()
  .trim()
  .max(255)
  .refine((value) => !value.includes('\0'), 'must not hold NUL')
  .optional()
  .describe('only those with this in their name');

/** Query parameters of a list, as Portus has them. Unknown sort attributes are refused instead of ignored. */
export function listQuery<const S extends readonly [string, ...string[]]>(sorts: S) {
  return pageQuery.extend({
    all: z.enum(['true', 'false', '']).optional(),
    sort_attr: z.enum(sorts).optional(),
    sort_order: z.enum(['asc', 'desc']).default('asc'),
  });
}

/** The same of a list whose rows have names. */
export function namedListQuery<const S extends readonly [string, ...string[]]>(sorts: S) {
  return listQuery(sorts).extend({ search: nameFilter });
}

export interface ListQuery<S extends string> extends PageQuery {
  all?: string | undefined;
  sort_attr?: S | undefined;
  sort_order: 'asc' | 'desc';
  search?: string | undefined;
}

export interface Paging<S extends string> extends Page<S> {
  page: number;
  all: boolean;
}

/** Where to cut, of a validated query. Throws `bad_request` for a cursor of another list or order. */
export function paging<S extends string>(query: ListQuery<S>, perPage: number, defaultSort: NoInfer<S>): Paging<S> {
  const all = query.all === 'true' || query.all === '';
  const take = all ? MAX_PER_PAGE : (query.per_page ?? perPage);
  const page = all ? 1 : (query.page ?? 1);
  const order = query.sort_order === 'desc' ? 'DESC' : 'ASC';
  const sort = query.sort_attr ?? defaultSort;
  const start = readCursor(query, sort, order) ?? { after: null, skip: (page - 1) * take };
  return { page: Math.floor(start.skip / take) + 1, all, take, sort, order, named: query.search, ...start };
}

/**
 * As {@link paging}, for lists that Portus answers whole: all of it, at most `most` items, unless a page is asked for. What
 * was cut off is announced by `X-Next-Cursor`.
 */
export function wholePaging<S extends string>(
  query: ListQuery<S>,
  perPage: number,
  defaultSort: NoInfer<S>,
  most = MAX_PER_PAGE,
): Paging<S> {
  const asked = query.page !== undefined || query.per_page !== undefined || query.cursor !== undefined;
  if (asked) return paging(query, perPage, defaultSort);
  return { ...paging({ ...query, all: 'true' }, perPage, defaultSort), take: most };
}
