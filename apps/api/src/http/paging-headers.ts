import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Paging } from './list-query.js';

/** Sets Portus's paging headers: `X-Total`, `X-Page`, … and `Link` (RFC 8288). With `all` there are none. */
export function setPagingHeaders(
  request: FastifyRequest,
  reply: FastifyReply,
  paging: Paging<string>,
  total: number,
): void {
  if (paging.all) return;
  const pages = Math.max(1, Math.ceil(total / paging.take));
  const { page } = paging;
  const next = page < pages ? page + 1 : null;
  const previous = page > 1 ? Math.min(page - 1, pages) : null;
  reply.headers({
    'X-Per-Page': String(paging.take),
    'X-Page': String(page),
    'X-Next-Page': String(next ?? ''),
    'X-Prev-Page': String(previous ?? ''),
    'X-Total': String(total),
    'X-Total-Pages': String(pages),
  });
  const links = { prev: previous, next, first: 1, last: pages };
  const parts = Object.entries(links).flatMap(([rel, number]) =>
    number === null ? [] : [`<${urlOf(request, number)}>; rel="${rel}"`],
  );
  reply.header('Link', parts.join(', '));
}

/** For lists that are gone through from a place on, which have no total: `Link` to the next page, unless it is the last. */
export function setCursorHeaders(request: FastifyRequest, reply: FastifyReply, next: string | null): void {
  if (next !== null) reply.header('Link', `<${withParameter(request, 'before', next)}>; rel="next"`);
}

function urlOf(request: FastifyRequest, page: number): string {
  return withParameter(request, 'page', String(page));
}

/** Relative, so that it is right behind any proxy. */
function withParameter(request: FastifyRequest, name: string, value: string): string {
  const [path = '', query = ''] = request.url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set(name, value);
  return `${path}?${parameters.toString()}`;
}
