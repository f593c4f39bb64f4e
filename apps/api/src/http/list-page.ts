import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { Listed } from '#persistence/listing.js';
import { type PageQuery, type Paging, wholePaging } from './list-query.js';
import { setPagingHeaders, type Told } from './paging-headers.js';

/** What an operation returns for a page of a list: its items are the answer, the rest becomes headers. */
export class ListPage<T> {
  constructor(
    readonly items: T[],
    readonly paging: Paging<string>,
    readonly told: Told,
  ) {}
}

/** The page that was read, each row as callers see it. */
export function pageOf<T, V>(paging: Paging<string>, listed: Listed<T>, view: (row: T) => V): ListPage<V> {
  return new ListPage(listed.items.map(view), paging, listed);
}

/**
 * A page of a list that is never long, and was read as a whole in the order of its ids: all of it unless a page is asked
 * for.
 */
export function pageOfAll<T extends { id: number | string }, V>(
  query: PageQuery,
  perPage: number,
  all: readonly T[],
  view: (row: T) => V,
  order: 'asc' | 'desc' = 'asc',
): ListPage<V> {
  const cut = wholePaging({ ...query, sort_order: order }, perPage, 'id');
  const { after } = cut;
  const isBehind = (id: bigint, place: bigint): boolean => (order === 'asc' ? id > place : id < place);
  const rows = after ? all.filter(({ id }) => isBehind(BigInt(id), BigInt(after.id))) : all.slice(cut.skip);
  const items = rows.slice(0, cut.take);
  const last = rows.length > cut.take ? items.at(-1) : undefined;
  const next = last ? { value: '', id: String(last.id) } : null;
  return pageOf(cut, { items, total: after ? null : all.length, next }, view);
}

/** Turns {@link ListPage} into the list and its headers. */
@Injectable()
export class ListPages implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(
      map((result: unknown) => {
        if (!(result instanceof ListPage)) return result;
        setPagingHeaders(
          http.getRequest<FastifyRequest>(),
          http.getResponse<FastifyReply>(),
          result.paging,
          result.told,
        );
        return result.items;
      }),
    );
  }
}
