import { AppError, type ErrorCode, InvalidError } from '#domain/errors/app-error.js';
import { isAboutGoneRow, isUnavailable, isUnstorableText } from '#persistence/connection-errors.js';

const STATUS: Record<ErrorCode, number> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported_media_type: 415,
  invalid: 422,
  too_many_requests: 429,
  unavailable: 503,
};

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** What callers are told while the database is away. */
export const DATABASE_AWAY = 'the database can not be reached';

/** Doors that take a text check it; this is for those that forgot. */
const NUL = 'a text must not hold NUL';

export interface ErrorAnswer {
  status: number;
  body: Record<string, unknown>;
  /** Whether the cause belongs into the log as an error. */
  unexpected: boolean;
}

/**
 * What the API answers for an error: `message` as Portus has it (a text, or field → messages), and the members of RFC
 * 9457 beside it. What refers to something that somebody else has just deleted is not found. A database that can not be reached is a 503. What was not expected becomes a bare 500, its message never leaves the house.
 */
export function errorAnswer(error: unknown, requestId: string): ErrorAnswer {
  if (error instanceof AppError) {
    const message = error instanceof InvalidError ? error.fields : error.message;
    return answer(STATUS[error.code], error.code, message, requestId, error.message);
  }
  const status = statusOf(error);
  if (status !== null) {
    const text = status === 404 ? 'Not found' : (error as Error).message;
    return answer(status, codeOf(status), text, requestId, text);
  }
  if (isAboutGoneRow(error)) return answer(404, 'not_found', 'Not found', requestId, 'Not found');
  if (isUnavailable(error)) {
    return { ...answer(503, 'unavailable', DATABASE_AWAY, requestId, DATABASE_AWAY), unexpected: true };
  }
  if (isUnstorableText(error)) return answer(400, 'bad_request', NUL, requestId, NUL);
  return { ...answer(500, 'internal', 'internal error', requestId, 'internal error'), unexpected: true };
}

/** Nest's and Fastify's own errors carry a status; only those of the client are passed on. */
function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null) return null;
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown };
  const value = typeof status === 'number' ? status : statusCode;
  return typeof value === 'number' && value >= 400 && value < 500 ? value : null;
}

function codeOf(status: number): string {
  return Object.entries(STATUS).find(([, value]) => value === status)?.[0] ?? 'bad_request';
}

function answer(status: number, code: string, message: unknown, requestId: string, detail: string): ErrorAnswer {
  const title = TITLES[status] ?? 'Error';
  return { status, unexpected: false, body: { message, type: 'about:blank', title, status, detail, code, requestId } };
}
