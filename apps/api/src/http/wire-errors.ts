import type { FastifyReply } from 'fastify';

/** Error codes of the distribution spec ("Error Codes") that we answer on `/v2/*`. */
export type WireCode =
  | 'UNAUTHORIZED'
  | 'DENIED'
  | 'UNSUPPORTED'
  | 'TOOMANYREQUESTS'
  | 'UNAVAILABLE'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'UNKNOWN';

/** Answers in the registry's error shape, which docker and others show to people. */
export function sendWireError(reply: FastifyReply, status: number, code: WireCode, message: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'application/json')
    .header('cache-control', 'no-store')
    .send(JSON.stringify({ errors: [{ code, message, detail: null }] }));
}
