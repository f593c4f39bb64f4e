import type { FastifyReply } from 'fastify';
import { AppError } from '#domain/errors/app-error.js';
import { isUnavailable } from '#persistence/connection-errors.js';
import { DATABASE_AWAY } from './error-body.js';
import { retryAfterOf } from './retry-after.js';

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

const WIRE: Partial<Record<AppError['code'], { status: number; code: WireCode }>> = {
  bad_request: { status: 400, code: 'UNSUPPORTED' },
  unauthenticated: { status: 401, code: 'UNAUTHORIZED' },
  too_many_requests: { status: 429, code: 'TOOMANYREQUESTS' },
  unavailable: { status: 503, code: 'UNAVAILABLE' },
};

/** Answers in the registry's error shape, which docker and others show to people. */
export function sendWireError(reply: FastifyReply, status: number, code: WireCode, message: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'application/json')
    .header('cache-control', 'no-store')
    .send(JSON.stringify({ errors: [{ code, message, detail: null }] }));
}

/**
 * Answers an error that was thrown: a database that can not be reached is a 503, what was not expected a bare 500.
 * Returns true for these two, whose cause belongs into the log.
 */
export function sendThrown(reply: FastifyReply, error: Error & { statusCode?: number }): boolean {
  const known = error instanceof AppError ? WIRE[error.code] : undefined;
  if (known) {
    if (known.status === 401) reply.header('www-authenticate', 'Basic realm="Portus", charset="UTF-8"');
    if (known.status === 429 || known.status === 503) reply.header('retry-after', String(retryAfterOf(error)));
    sendWireError(reply, known.status, known.code, error.message);
    return false;
  }
  const { statusCode } = error;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    sendWireError(reply, statusCode, 'UNKNOWN', error.message);
    return false;
  }
  if (isUnavailable(error)) {
    reply.header('retry-after', String(retryAfterOf(error)));
    sendWireError(reply, 503, 'UNAVAILABLE', DATABASE_AWAY);
    return true;
  }
  sendWireError(reply, 500, 'UNKNOWN', 'internal error');
  return true;
}
