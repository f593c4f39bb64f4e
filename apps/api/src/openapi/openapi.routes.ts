import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from './document.js';

/** Serves the document at `/api/openapi.json`; it is made when it is first asked for. */
export function serveOpenApi(app: NestFastifyApplication): void {
  let text: string | null = null;
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.get('/api/openapi.json', async (_, reply) => {
    text ??= JSON.stringify(openApiDocument(app));
    return reply.header('content-type', 'application/json; charset=utf-8').send(text);
  });
}
