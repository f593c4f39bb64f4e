import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { readBody } from './read-body.js';
import { sendThrown } from './wire-errors.js';

/**
 * Opens a scope for routes that docker clients and registries speak. They have rules of their own: any media type is
 * taken as bytes (a parser that refuses one would lose a notification), bodies are capped and drained, errors have the
 * registry's shape. No log context is open in them: what they log must name `requestId`.
 */
export function wireScope(fastify: FastifyInstance, bodyLimit: number, routes: (scope: FastifyInstance) => void): void {
  fastify.register(async (scope) => {
    // A logger made for each request costs more than the few lines that name their request themselves.
    scope.setChildLoggerFactory((logger) => logger);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      (_request: unknown, payload: IncomingMessage, done: (error: Error | null, body?: unknown) => void) => {
        readBody(payload, bodyLimit).then(
          (body) => done(null, body),
          (error: Error) => done(error),
        );
      },
    );
    scope.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      if (sendThrown(reply, error)) request.log.error({ requestId: request.id, err: error }, 'request failed');
    });
    routes(scope);
  });
}
