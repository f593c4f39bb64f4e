import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#domain/errors/app-error.js';
import type { RawBody } from '../http/read-body.js';
import { sendWireError, type WireCode } from '../http/wire-errors.js';
import { wireScope } from '../http/wire-scope.js';
import { type ParsedTokenRequest, parseGetTokenRequest, parsePostTokenRequest } from './token-request.js';
import type { TokenService } from './token.service.js';

/** No client sends more; a scope of a hundred kilobytes is refused by its size. */
const MAX_BODY_BYTES = 64 * 1024;
const RETRY_AFTER_SECONDS = 2;

const WIRE: Partial<Record<AppError['code'], { status: number; code: WireCode }>> = {
  bad_request: { status: 400, code: 'UNSUPPORTED' },
  unauthenticated: { status: 401, code: 'UNAUTHORIZED' },
  too_many_requests: { status: 429, code: 'TOOMANYREQUESTS' },
  unavailable: { status: 503, code: 'UNAVAILABLE' },
};

/** The registry's token endpoint, `GET` and `POST /v2/token`, and `GET /v2/` as a check of credentials. */
export function tokenRoutes(fastify: FastifyInstance, service: TokenService): void {
  wireScope(fastify, MAX_BODY_BYTES, (scope) => {
    scope.get('/v2/token', (request, reply) =>
      answer(service, reply, parseGetTokenRequest(queryOf(request), request.headers.authorization)),
    );
    for (const url of ['/v2', '/v2/']) {
      scope.get(url, async (request, reply) => {
        if (!(await service.isSignedIn(request.headers.authorization)))
          return refuse(reply, 401, 'UNAUTHORIZED', 'authentication required');
        return reply.code(200).header('content-type', 'application/json').send('{}');
      });
    }
    scope.post('/v2/token', (request, reply) => {
      const body = request.body as RawBody | undefined;
      if (body?.tooLarge) return sendWireError(reply, 413, 'SIZE_INVALID', 'the body is too large');
      const type = request.headers['content-type'] ?? '';
      if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
        return sendWireError(reply, 415, 'UNSUPPORTED', 'the body must be application/x-www-form-urlencoded');
      }
      const form = new URLSearchParams(body?.bytes.toString('utf8') ?? '');
      return answer(service, reply, parsePostTokenRequest(form, request.headers.authorization), true);
    });
  });
}

/** From the raw URL: query parsers turn repeated parameters into strings, lists or objects as they like. */
function queryOf(request: FastifyRequest): URLSearchParams {
  const url = request.raw.url ?? '';
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}

async function answer(
  service: TokenService,
  reply: FastifyReply,
  parsed: ParsedTokenRequest,
  post = false,
): Promise<FastifyReply> {
  if (!parsed.ok)
    return refuse(
      reply,
      parsed.error.status,
      parsed.error.status === 401 ? 'UNAUTHORIZED' : 'UNSUPPORTED',
      parsed.error.message,
    );
  try {
    const { token, expiresIn, issuedAt, scope } = await service.issue(parsed.request);
    const body = { token, access_token: token, expires_in: expiresIn, issued_at: issuedAt, ...(post ? { scope } : {}) };
    return reply
      .code(200)
      .header('content-type', 'application/json')
      .header('cache-control', 'no-store')
      .header('vary', 'Authorization')
      .send(JSON.stringify(body));
  } catch (error) {
    const wire = error instanceof AppError ? WIRE[error.code] : undefined;
    if (!wire) throw error;
    return refuse(reply, wire.status, wire.code, (error as AppError).message);
  }
}

function refuse(reply: FastifyReply, status: number, code: WireCode, message: string): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Basic realm="Portus", charset="UTF-8"');
  if (status === 429 || status === 503) reply.header('retry-after', String(RETRY_AFTER_SECONDS));
  return sendWireError(reply, status, code, message);
}
