import { createServer, type Server } from 'node:http';
import type { Database } from '#persistence/database.js';
import { checkHealth } from '#platform/health/check-health.js';

/** `GET /_ping` and `GET /_health` of the worker, for probes. Port 0: no listener. */
export async function serveHealth(port: number, host: string, database: Database): Promise<Server | null> {
  if (port === 0) return null;
  const server = createServer((request, response) => {
    void answer(request.url ?? '', database).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 5_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

async function answer(url: string, database: Database): Promise<{ status: number; body: unknown }> {
  if (url === '/_ping') return { status: 200, body: { ok: true } };
  if (url !== '/_health') return { status: 404, body: { message: 'Not found' } };
  const components = await checkHealth({
    database: async () => {
      await database.query('SELECT 1');
      return 'database is up-to-date';
    },
  });
  const healthy = Object.values(components).every((component) => component.success);
  return { status: healthy ? 200 : 503, body: components };
}
