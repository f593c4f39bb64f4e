import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Component, worstOf } from '#platform/health/check-health.js';
import type { WorkerHealth } from './worker-health.js';

/** Nobody but probes and administrators speaks here, and they send next to nothing. */
const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};
const MAX_CONNECTIONS = 64;

/** Before its database was reached for the first time, and while it ends. */
const STARTING: Record<string, Component> = {
  database: { success: false, status: 'down', msg: 'the worker waits for its database' },
};

/**
 * `GET /_ping` (the process answers), `/_health` (it can work) and `/api/v1/health` (each component) of the worker, as
 * the api has them. Port 0: no listener.
 *
 * @param health null while the worker has not begun
 */
export async function serveHealth(
  port: number,
  host: string,
  health: () => Pick<WorkerHealth, 'readiness' | 'components'> | null,
): Promise<Server | null> {
  if (port === 0) return null;
  const server = createServer(LIMITS, (request, response) => {
    void answer(request, response, health()).catch(() => response.destroy());
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  health: Pick<WorkerHealth, 'readiness' | 'components'> | null,
): Promise<void> {
  const [path] = (request.url ?? '').split('?', 1);
  if (path === '/_ping') return send(response, 200, { ok: true });
  if (path === '/_health') return report(response, (await health?.readiness()) ?? STARTING);
  if (path === '/api/v1/health') return report(response, (await health?.components()) ?? STARTING);
  send(response, 404, { message: 'Not found' });
}

function report(response: ServerResponse, components: Record<string, Component>): void {
  const status = worstOf(components);
  response.setHeader('x-portus-status', status);
  send(response, status === 'down' ? 503 : 200, components);
}

/** The body of a request is never read: the connection goes with it. */
function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body));
}
