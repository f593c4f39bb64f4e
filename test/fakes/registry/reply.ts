import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Flavour } from './store.js';

/** A request as the fake saw it, its body read. */
export interface SeenRequest {
  method: string;
  /** Decoded path, without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  remote: string;
}

/** An answer. A body may be endless; with `cut` the connection is destroyed after it, whatever the headers promised. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer | AsyncIterable<Buffer>;
  cut?: boolean;
}

/** What happens instead of an answer: silence, a closed connection, or another answer. */
export type Fault = 'hang' | 'hangup' | Reply;

export function jsonReply(
  flavour: Flavour,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): Reply {
  const type = flavour === '2.8' ? 'application/json; charset=utf-8' : 'application/json';
  return { status, headers: { 'content-type': type, ...headers }, body: `${JSON.stringify(value)}\n` };
}

/** The error body of the distribution API. */
export function errorReply(flavour: Flavour, status: number, code: string, message: string, detail?: unknown): Reply {
  const error = { code, message, ...(detail === undefined ? {} : { detail }) };
  return jsonReply(flavour, status, { errors: [error] });
}

/** What a Go router says about paths and methods that it does not know: text, no registry error body. */
export function plainReply(status: 404 | 405): Reply {
  const body = status === 404 ? '404 page not found\n' : 'Method not allowed\n';
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** Writes a reply; a client that goes away in the middle is no error. */
export async function sendReply(response: ServerResponse, method: string, reply: Reply): Promise<void> {
  const body = reply.body ?? '';
  const whole = typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : null;
  const length = whole && reply.status !== 304 ? { 'content-length': String(whole.length) } : {};
  response.writeHead(reply.status, { 'docker-distribution-api-version': 'registry/2.0', ...length, ...reply.headers });
  if (method === 'HEAD' || reply.status === 304) {
    response.end();
    return;
  }
  if (reply.cut && whole) {
    response.write(whole, () => response.destroy());
    return;
  }
  if (whole) {
    response.end(whole);
    return;
  }
  await pipeline(Readable.from(body), response).catch(() => undefined);
}
