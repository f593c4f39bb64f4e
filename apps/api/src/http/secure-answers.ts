import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SECURITY_HEADERS, STRICT_TRANSPORT } from '#platform/http/security-headers.js';

/** Gives every answer the headers that browsers look at; a route may put others in their place. */
export function secureAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    secure(request, reply);
    done();
  });
}

/** The same, for an answer that no hook has seen. */
export function secure(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(SECURITY_HEADERS);
  // By the word of a trusted proxy: the api itself speaks no TLS.
  if (request.protocol === 'https') reply.headers(STRICT_TRANSPORT);
}
