import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Component, worstOf } from '#platform/health/check-health.js';
import { createListener, listen } from '#platform/http/listener.js';
import { PROBE_LIMITS } from '#platform/http/listener-limits.js';
import { SECURITY_HEADERS } from '#platform/http/security-headers.js';
import type { Logger } from '#platform/logging/logger.js';
import type { WorkerHealth } from './worker-health.js';

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
  logger: Pick<Logger, 'warn'>,
): Promise<Server | null> {
  if (port === 0) return null;
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request, response, health()).catch(() => response.destroy());
  };
  const server = createListener(PROBE_LIMITS, serve, (text) => logger.warn({ port }, text));
  await listen(server, port, host);
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
  const headers = { ...SECURITY_HEADERS, 'content-type': 'application/json', connection: 'close' };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
