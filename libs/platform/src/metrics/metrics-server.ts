import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createListener, listen } from '../http/listener.js';
import { PROBE_LIMITS } from '../http/listener-limits.js';
import { SECURITY_HEADERS } from '../http/security-headers.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from './metrics.js';

/**
 * `GET /metrics` for Prometheus, on a port of its own, so that it is never reachable where people and clients speak; it
 * asks for no credentials. Port 0: no listener, and the process is not watched.
 */
export async function serveMetrics(
  port: number,
  host: string,
  metrics: Metrics,
  logger: Pick<Logger, 'warn'>,
): Promise<Server | null> {
  if (port === 0) return null;
  metrics.watchProcess();
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response, metrics).catch((error: Error) => {
      logger.warn({ error: error.message }, 'metrics could not be shown');
      response.destroy();
    });
  };
  const server = createListener(PROBE_LIMITS, serve, (text) => logger.warn({ port }, text));
  await listen(server, port, host);
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, metrics: Metrics): Promise<void> {
  const [path] = (request.url ?? '').split('?', 1);
  if (path !== '/metrics') return end(response, 404);
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, { allow: 'GET, HEAD' });
  const text = await metrics.scrape();
  end(response, 200, { 'content-type': metrics.contentType }, text);
}

/** The body of a request is never read: the connection goes with it. Node leaves the body of a HEAD's answer out. */
function end(response: ServerResponse, status: number, headers: Record<string, string> = {}, text = ''): void {
  const length = String(Buffer.byteLength(text));
  const always = { ...SECURITY_HEADERS, 'content-length': length, connection: 'close' };
  response.writeHead(status, { ...headers, ...always }).end(text);
}
