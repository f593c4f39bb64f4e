import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { completeDocument } from './complete.js';
import { problem } from './errors.js';
import { jsonSchemaOf } from './schemas.js';
import type { OpenApi } from './shapes.js';
import { TAGS } from './texts.js';
import { wireDocument } from './wire-operations.js';

const ABOUT = `The authority beside an unmodified Docker/OCI registry: its token service, the target of its notifications,
and the keeper of its catalog. Names, parameters and fields of \`/api/v1\` are those of Portus 2.x.

Errors of \`/api/*\` are \`{"message"}\` with the members of RFC 9457 beside it; those of \`/v2/*\` have the shape of the
distribution specification. What the caller may not know to exist answers 404; what they see, but may not do, 403.`;

/** The description of everything that is answered: REST API, token endpoint, webhook, health. */
export function openApiDocument(app: NestFastifyApplication): OpenApi {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.1')
    .setTitle('Portus')
    .setDescription(ABOUT)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'Where this document came from.')
    .build();
  const options = {
    standardSchemaConverter: (schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) =>
      jsonSchemaOf(schema, schemaType) as never,
    // Names come from paths, not from classes: see operation-ids.ts.
    operationIdFactory: () => '',
  };
  const document = SwaggerModule.createDocument(app, config, options) as unknown as OpenApi;
  document.components.schemas['Problem'] ??= jsonSchemaOf(problem, 'output').components['Problem']!;
  document.components.securitySchemes = SECURITY;
  document.tags = TAGS.filter(({ name }) => usedTags(document).has(name));
  const wire = wireDocument();
  Object.assign(document.paths, wire.paths);
  Object.assign(document.components.schemas, wire.schemas);
  document.tags.push(wire.tag);
  return completeDocument(document);
}

function usedTags(document: OpenApi): Set<string> {
  return new Set(
    Object.values(document.paths).flatMap((item) => Object.values(item).flatMap(({ tags }) => tags ?? [])),
  );
}

const SECURITY = {
  basic: { type: 'http', scheme: 'basic', description: 'User name, and the password or an application token.' },
  portusAuth: {
    type: 'apiKey',
    in: 'header',
    name: 'Portus-Auth',
    description: '`user:application-token`, as in Portus.',
  },
  session: { type: 'apiKey', in: 'cookie', name: 'portus_session', description: 'A browser that is signed in.' },
  csrf: {
    type: 'apiKey',
    in: 'header',
    name: 'X-CSRF-Token',
    description: 'With a session, for everything that changes something: the `csrf_token` of `GET /api/v1/session`.',
  },
  registrySecret: { type: 'http', scheme: 'bearer', description: 'The webhook secret of a registry.' },
};
