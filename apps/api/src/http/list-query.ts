import { z } from 'zod';
import type { Page } from '#persistence/listing.js';

/** The most items that one page may have; `all` gives as many. */
export const MAX_PER_PAGE = 1_000;

/** Query parameters of a list that has one order. */
export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  per_page: z.coerce.number().int().min(1).max(MAX_PER_PAGE).optional(),
});
export type PageQuery = z.output<typeof pageQuery>;

/** Query parameters of a list, as Portus has them. Unknown sort attributes are refused instead of ignored. */
export function listQuery<const S extends readonly [string, ...string[]]>(sorts: S) {
  return pageQuery.extend({
    all: z.enum(['true', 'false', '']).optional(),
    sort_attr: z.enum(sorts).optional(),
    sort_order: z.enum(['asc', 'desc']).default('asc'),
  });
}

export interface ListQuery<S extends string> {
  page: number;
  per_page?: number | undefined;
  all?: string | undefined;
  sort_attr?: S | undefined;
  sort_order: 'asc' | 'desc';
}

export interface Paging<S extends string> extends Page<S> {
  page: number;
  all: boolean;
}

/** Where to cut, of a validated query. */
export function paging<S extends string>(query: ListQuery<S>, perPage: number, defaultSort: NoInfer<S>): Paging<S> {
  const all = query.all === 'true' || query.all === '';
  const take = all ? MAX_PER_PAGE : (query.per_page ?? perPage);
  const page = all ? 1 : query.page;
  const order = query.sort_order === 'desc' ? 'DESC' : 'ASC';
  return { page, all, take, skip: (page - 1) * take, sort: query.sort_attr ?? defaultSort, order };
}
