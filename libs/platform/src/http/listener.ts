import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { answerClientError, refuse } from './client-error.js';
import { ConnectionGuard } from './connection-guard.js';
import type { ListenerLimits } from './listener-limits.js';

/**
 * An HTTP server that is not listening yet. The only place where one is made, so that every port of every program has
 * the same kinds of limits; what breaks them is answered here and never reaches `handler`.
 */
export function createListener(
  limits: ListenerLimits,
  handler: RequestListener,
  warn: (text: string) => void = () => undefined,
): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkMs,
      // Asked below: Node's own answer has no headers.
      requireHostHeader: false,
    },
    (request, response) => {
      if (!guard.admits(request, response)) refuse(response, 'crowded');
      else if (request.headers.host === undefined && request.httpVersion === '1.1') refuse(response, 'hostless');
      else handler(request, response);
    },
  );
  server.on('checkExpectation', (_, response: ServerResponse) => refuse(response, 'demanding'));
  server.timeout = limits.idleMs;
  server.maxConnections = limits.connections;
  const guard = new ConnectionGuard(server, limits, warn);
  server.on('clientError', (error, socket) => answerClientError(error, socket, guard.waiting(socket)));
  return server;
}

/** Listens, or throws what is in the way. */
export async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}
