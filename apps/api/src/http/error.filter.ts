import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { AppError } from '#domain/errors/app-error.js';
import { allowedMethods, answerMethod } from './allowed-methods.js';
import { errorAnswer } from './error-body.js';
import { retryAfterOf } from './retry-after.js';
import { sendWireError, type WireCode } from './wire-errors.js';
import { isWireUrl } from './wire-url.js';

const WIRE_CODES: ReadonlyMap<number, WireCode> = new Map([
  [404, 'NAME_UNKNOWN'],
  [405, 'UNSUPPORTED'],
]);

/** The one place where errors become answers. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    // A refusal says itself what is wrong with the body.
    reply.removeHeader('x-portus-warning');
    const method = answerMethod(request, reply);
    if (method === 'answered') return;
    const error = method === 'refused' ? new AppError('method_not_allowed', 'Method not allowed') : thrown;
    const { status, body, unexpected } = errorAnswer(error, request.id);
    if (unexpected) this.logger.error({ requestId: request.id, err: error }, 'request failed');
    if (isWireUrl(request.url)) {
      void sendWireError(reply, status, WIRE_CODES.get(status) ?? 'UNKNOWN', String(body['detail']));
      return;
    }
    if (status === 401) reply.header('www-authenticate', challengeFor(request));
    // What is switched off is not allowed now, whatever the router knows (RFC 9110 section 15.5.6).
    if (status === 405 && method !== 'refused')
      reply.header(
        'allow',
        allowedMethods(request)
          .filter((one) => one !== request.method)
          .join(', '),
      );
    if (status === 429 || status === 503) reply.header('retry-after', String(retryAfterOf(error)));
    void reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
  }
}

/**
 * A browser that is told `Basic` opens a window of its own over the page. Its scripts say that they are some (Fetch
 * Metadata), and get a scheme that browsers leave alone; RFC 9110 section 15.5.2 asks for one.
 */
function challengeFor(request: FastifyRequest): string {
  const mode = request.headers['sec-fetch-mode'];
  const byScript = mode !== undefined && mode !== 'navigate';
  return byScript ? 'Session realm="Portus"' : 'Basic realm="Portus", charset="UTF-8"';
}
