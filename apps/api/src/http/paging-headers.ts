import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Listed } from '#persistence/listing.js';
import { writeCursor, writeNumberCursor } from './list-cursor.js';
import type { Paging } from './list-query.js';

/** What is told of a list beside its items. */
export type Told = Pick<Listed<unknown>, 'total' | 'exact' | 'next'>;

/**
 * Sets the headers of a list: Portus's (`X-Total`, `X-Page`, … ; none with `all`), `X-Next-Cursor` where it goes on, and
 * `Link` (RFC 8288). Behind a cursor there is no total, and `Link` names the next cursor instead of pages.
 */
export function setPagingHeaders(
  request: FastifyRequest,
  reply: FastifyReply,
  paging: Paging<string>,
  listed: Told | number | null,
): void {
  const { total, exact, next } = typeof listed === 'object' && listed !== null ? listed : { total: listed };
  const cursor =
    next === undefined ? numberCursor(paging, total) : next && writeCursor(paging.sort, paging.order, next);
  if (cursor !== null) reply.header('X-Next-Cursor', cursor);
  if (paging.all || total === null || total === undefined) {
    if (!paging.all) reply.header('X-Per-Page', String(paging.take));
    if (cursor !== null) reply.header('Link', `<${withCursor(request, cursor)}>; rel="next"`);
    return;
  }
  reply.headers({ ...pageHeaders(request, paging, total), 'X-Total-Exact': String(exact ?? true) });
}

/** Of a list that knows no places: where its next page begins. */
function numberCursor({ order, skip, take }: Paging<string>, total: number | null): string | null {
  return total !== null && total > skip + take ? writeNumberCursor(order, skip + take) : null;
}

function pageHeaders(request: FastifyRequest, { page, take }: Paging<string>, total: number): Record<string, string> {
  const pages = Math.max(1, Math.ceil(total / take));
  const next = page < pages ? page + 1 : null;
  const previous = page > 1 ? Math.min(page - 1, pages) : null;
  const links = { prev: previous, next, first: 1, last: pages };
  const parts = Object.entries(links).flatMap(([rel, number]) =>
    number === null ? [] : [`<${withParameters(request, { page: String(number) })}>; rel="${rel}"`],
  );
  return {
    'X-Per-Page': String(take),
    'X-Page': String(page),
    'X-Next-Page': String(next ?? ''),
    'X-Prev-Page': String(previous ?? ''),
    'X-Total': String(total),
    'X-Total-Pages': String(pages),
    Link: parts.join(', '),
  };
}

function withCursor(request: FastifyRequest, cursor: string): string {
  return withParameters(request, { cursor, page: null });
}

/** Relative, so that it is right behind any proxy. */
function withParameters(request: FastifyRequest, changes: Record<string, string | null>): string {
  const [path = '', query = ''] = request.url.split('?', 2);
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) parameters.delete(name);
    else parameters.set(name, value);
  }
  return `${path}?${parameters.toString()}`;
}
