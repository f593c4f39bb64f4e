import type { FastifyInstance } from 'fastify';
import type { Draining } from '#platform/lifecycle/draining.js';

/** How often connections are looked at while the server closes, milliseconds. */
const LOOK_MS = 250;

/**
 * Ends connections during a close as they become idle. Node ends those that are idle when it begins; one whose request
 * was under way then would be kept for its whole keep-alive time, and the stop with it.
 */
export function endConnectionsWhileClosing(fastify: FastifyInstance): void {
  let timer: NodeJS.Timeout | undefined;
  fastify.addHook('preClose', async () => {
    timer = setInterval(() => fastify.server.closeIdleConnections(), LOOK_MS);
  });
  fastify.addHook('onClose', async () => clearInterval(timer));
}

/** While the program is on its way out, every answer asks for another connection next time, which finds another replica. */
export function sendElsewhereWhileDraining(fastify: FastifyInstance, draining: Draining): void {
  fastify.addHook('onRequest', (_request, reply, done) => {
    if (draining.begun) reply.header('connection', 'close');
    done();
  });
}
