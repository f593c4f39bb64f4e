import type { Answer } from '#registry/wire.js';

/** A registry's answer as the client holds it. A value that is no text or bytes is sent as JSON, and declared so. */
export function buildAnswer(
  status: number,
  body: unknown = '',
  headers: Record<string, string> = {},
  request: { method?: string; url?: string } = {},
): Answer {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const declared = raw ? headers : { 'content-type': 'application/json; charset=utf-8', ...headers };
  return {
    url: new URL(request.url ?? 'http://registry.test/v2/team/app'),
    method: request.method ?? 'GET',
    status,
    headers: new Map(Object.entries(declared)),
    body: Buffer.from(raw ? body : JSON.stringify(body)),
  };
}

/** A registry's error answer with one code. */
export function buildErrorAnswer(status: number, code: string, message = 'text'): Answer {
  return buildAnswer(status, { errors: [{ code, message, detail: null }] });
}
