import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { HeaderObject, ResponseObject } from './shapes.js';

/** What each error means, and what brings it about in the example. */
const ERRORS: Record<number, { description: string; code: string; message: unknown }> = {
  400: { description: 'The request does not fit.', code: 'bad_request', message: 'per_page: Invalid input' },
  401: { description: 'No or wrong credentials.', code: 'unauthenticated', message: 'Authentication fails' },
  403: { description: 'Not allowed.', code: 'forbidden', message: 'Authorization fails' },
  404: { description: 'Not there, or not yours to know of.', code: 'not_found', message: 'Not found' },
  405: { description: 'Switched off here.', code: 'method_not_allowed', message: 'is switched off' },
  406: {
    description: 'Nothing that is accepted can be answered.',
    code: 'not_acceptable',
    message: 'this answers application/json',
  },
  409: { description: 'Not in the present state.', code: 'conflict', message: 'is running' },
  413: { description: 'The body is too large.', code: 'too_large', message: 'Request body is too large' },
  415: { description: 'The body is of no known media type.', code: 'unsupported_media_type', message: 'text/plain' },
  412: {
    description: 'It was changed meanwhile: read it again.',
    code: 'precondition_failed',
    message: 'it was changed meanwhile',
  },
  422: {
    description: 'Understood, and refused: fields and their messages.',
    code: 'invalid',
    message: { name: ['has already been taken'] },
  },
  429: {
    description: 'Too often; `Retry-After` tells when to try again.',
    code: 'too_many_requests',
    message: 'too many failed attempts',
  },
  503: {
    description: 'Something that is needed for it can not be reached now.',
    code: 'unavailable',
    message: 'the database can not be reached',
  },
};

const REQUEST_ID = '0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e';
const RETRY_AFTER: HeaderObject = { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 0 } };
const ALLOW: HeaderObject = {
  description: 'What else the path has (RFC 9110 section 10.2.1).',
  schema: { type: 'string' },
};
const CHALLENGE: HeaderObject = { description: 'Basic (RFC 7617).', schema: { type: 'string' } };

/** The body of every error of `/api/*`: `message` as Portus has it, and the members of RFC 9457. */
export const problem = z
  .object({
    message: z
      .union([z.string(), z.record(z.string(), z.array(z.string()))])
      .meta({ description: 'A text; of a 422 field → messages.' }),
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().meta({ description: 'For programs; as stable as the status.' }),
    requestId: z.string().meta({ description: 'Also in X-Request-Id and in the log.' }),
  })
  .meta({ id: 'Problem' });

/** How the document tells of an error of `/api/*`. */
export function errorResponse(status: number, description?: string): ResponseObject {
  const known = ERRORS[status];
  if (known === undefined) throw new Error(`what an answer ${status} looks like is not described in openapi/errors.ts`);
  const { code, message } = known;
  const detail = typeof message === 'string' ? message : 'Validation failed';
  const title = STATUS_CODES[status] ?? 'Error';
  const example = { message, type: 'about:blank', title, status, detail, code, requestId: REQUEST_ID };
  return {
    description: description ?? known.description,
    headers: errorHeaders(status),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' }, example } },
  };
}

/** Headers that come with a status beside those of every answer. */
export function errorHeaders(status: number): Record<string, HeaderObject> {
  if (status === 401) return { 'WWW-Authenticate': { ...CHALLENGE, required: true } };
  if (status === 405) return { Allow: { ...ALLOW, required: true } };
  if (status === 429 || status === 503) return { 'Retry-After': { ...RETRY_AFTER, required: true } };
  return {};
}
