import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

/** The description of the REST API. Token endpoint and webhook have protocols of their own and are not part of it. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Portus')
    .setDescription('The authority beside a Docker/OCI registry.')
    .setVersion('1')
    .addBasicAuth()
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'Portus-Auth', description: 'user:application-token' },
      'portus-auth',
    )
    .addSecurityRequirements('basic')
    .addSecurityRequirements('portus-auth')
    .build();
  return SwaggerModule.createDocument(app, config);
}

/** Serves the document at `/api/openapi.json`; it is made when it is first asked for. */
export function serveOpenApi(app: NestFastifyApplication): void {
  let document: OpenAPIObject | null = null;
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.get('/api/openapi.json', async () => {
    document ??= openApiDocument(app);
    return document;
  });
}
