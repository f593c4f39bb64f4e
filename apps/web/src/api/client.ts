import type { Middleware } from 'openapi-fetch';
import { createPortusClient } from '../../../../libs/client/src/client.js';
import { apiError, ApiError } from './api-error.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
let csrfToken: string | null = null;

/** The token that proves to the api that a change comes from this page; known since the session is. */
export function rememberCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Every call answers what the description of the API says, or throws an ApiError. */
const rules: Middleware = {
  onRequest({ request }) {
    if (csrfToken !== null && !SAFE.has(request.method)) request.headers.set('x-csrf-token', csrfToken);
    return request;
  },
  async onResponse({ response }) {
    if (response.ok) return response;
    throw apiError(response, await response.json().catch(() => null));
  },
  onError({ error }) {
    if (error instanceof ApiError || (error instanceof DOMException && error.name === 'AbortError'))
      return error as Error;
    return new ApiError(0, '', null, null);
  },
};

export const api = createPortusClient({ baseUrl: window.location.origin });
api.use(rules);

/** What the client gives: the body, which is there unless the call threw, and the answer with its headers. */
export interface Call<T> {
  data?: T | undefined;
  response: Response;
}

/** The body of a call's answer. */
export async function answer<T>(call: Promise<Call<T>>): Promise<T> {
  return (await call).data as T;
}

/** One page of a list. `total` is null where the api does not count; `next` is the cursor of the following page. */
export interface Listed<T> {
  items: T[];
  total: number | null;
  perPage: number | null;
  next: string | null;
}

/** A page of a list, with what its headers tell. */
export async function listed<T>(call: Promise<Call<T[]>>): Promise<Listed<T>> {
  const { data, response } = await call;
  return {
    items: data ?? [],
    total: numberIn(response, 'x-total'),
    perPage: numberIn(response, 'x-per-page'),
    next: response.headers.get('x-next-cursor') ?? cursorIn(response.headers.get('link')),
  };
}

function numberIn(response: Response, header: string): number | null {
  const text = response.headers.get(header);
  return text === null || text === '' ? null : Number(text);
}

/** The cursor of `Link: <…?cursor=X>; rel="next"` (RFC 8288). */
function cursorIn(link: string | null): string | null {
  const next = link?.split(/,\s*(?=<)/).find((part) => part.includes('rel="next"'));
  const target = /^<([^>]*)>/.exec(next ?? '')?.[1];
  if (target === undefined) return null;
  const { searchParams } = new URL(target, window.location.origin);
  return searchParams.get('cursor');
}
