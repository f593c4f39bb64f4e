import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from './metrics.js';

/** Nobody but a few scrapers speaks here, and they send next to nothing. */
const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};
const MAX_CONNECTIONS = 32;
/** A scrape that takes longer is cut off, milliseconds. */
const ANSWER_MS = 10_000;

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
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response, metrics).catch((error: Error) => {
      logger.warn({ error: error.message }, 'metrics could not be shown');
      response.destroy();
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = ANSWER_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
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
  response.writeHead(status, { ...headers, 'content-length': length, connection: 'close' }).end(text);
}
