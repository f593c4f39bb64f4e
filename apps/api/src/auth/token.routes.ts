import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import { traced, tracer } from '#platform/tracing/tracing.js';
import type { RawBody } from '../http/read-body.js';
import { sendWireError } from '../http/wire-errors.js';
import { wireScope } from '../http/wire-scope.js';
import type { TokenRecord } from './token-record.js';
import { type Origin, parseGetTokenRequest, parsePostTokenRequest, type TokenRequestFacts } from './token-request.js';
import type { IssuedToken, TokenService } from './token.service.js';

/** No client sends more; a scope of a hundred kilobytes is refused by its size. */
const MAX_BODY_BYTES = 64 * 1024;
/** Characters of scopes in a trace. */
const MAX_TOLD = 500;

/** The registry's token endpoint, `GET` and `POST /v2/token`, and `GET /v2/` as a check of credentials. */
export function tokenRoutes(fastify: FastifyInstance, service: TokenService, record: TokenRecord): void {
  const counted: RouteShorthandOptions = {
    onResponse: (_, reply, done) => {
      record.answered(reply.statusCode, reply.elapsedTime / 1000);
      done();
    },
  };
  wireScope(fastify, MAX_BODY_BYTES, (scope) => {
    scope.get('/v2/token', counted, async (request, reply) =>
      answer(service, reply, parseGetTokenRequest(queryOf(request), originOf(request))),
    );
    for (const url of ['/v2', '/v2/']) {
      scope.get(url, async (request, reply) => {
        await service.requireSignedIn(request.headers.authorization, request.ip);
        return reply.code(200).header('content-type', 'application/json').send('{}');
      });
    }
    scope.post('/v2/token', counted, async (request, reply) => {
      const body = request.body as RawBody | undefined;
      if (body?.tooLarge) return sendWireError(reply, 413, 'SIZE_INVALID', 'the body is too large');
      const type = request.headers['content-type'] ?? '';
      if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
        return sendWireError(reply, 415, 'UNSUPPORTED', 'the body must be application/x-www-form-urlencoded');
      }
      const form = new URLSearchParams(body?.bytes.toString('utf8') ?? '');
      return answer(service, reply, parsePostTokenRequest(form, originOf(request)), true);
    });
  });
}

function originOf({ headers, ip, id }: FastifyRequest): Origin {
  return { authorization: headers.authorization, address: ip, requestId: id };
}

/** From the raw URL: query parsers turn repeated parameters into strings, lists or objects as they like. */
function queryOf(request: FastifyRequest): URLSearchParams {
  const url = request.raw.url ?? '';
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}

/** The decision about a request, with what was granted and nothing that was shown for it. */
function issue(service: TokenService, request: TokenRequestFacts): Promise<IssuedToken> {
  if (tracer() === null) return service.issue(request);
  return traced('token decision', {}, async (span) => {
    const issued = await service.issue(request);
    const asked = request.scopes.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`).join(' ');
    span?.set({ 'portus.asked': asked.slice(0, MAX_TOLD), 'portus.granted': issued.scope.slice(0, MAX_TOLD) });
    return issued;
  });
}

async function answer(
  service: TokenService,
  reply: FastifyReply,
  request: TokenRequestFacts,
  post = false,
): Promise<FastifyReply> {
  const { token, expiresIn, issuedAt, scope, refreshToken } = await issue(service, request);
  const body = {
    token,
    access_token: token,
    expires_in: expiresIn,
    issued_at: issuedAt,
    ...(post ? { scope } : {}),
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
  };
  return reply
    .code(200)
    .header('content-type', 'application/json')
    .header('cache-control', 'no-store')
    .header('vary', 'Authorization')
    .send(JSON.stringify(body));
}
