import { z } from 'zod';
import { errorHeaders } from './errors.js';
import { jsonSchemaOf } from './schemas.js';
import type { Content, MediaObject, OpenApi, OperationObject, ParameterObject, ResponseObject } from './shapes.js';

/** What docker clients and registries speak: routes beside the framework, so they are described by hand. */
export function wireDocument(): Pick<OpenApi, 'paths'> & {
  schemas: OpenApi['components']['schemas'];
  tag: { name: string; description: string };
} {
  const schemas = [registryErrors, registryToken, tokenGrant, notification, jwks].map((one) =>
    jsonSchemaOf(one, 'output'),
  );
  return {
    tag: { name: 'registry', description: 'What docker clients and registries speak.' },
    schemas: Object.assign({}, ...schemas.map(({ components }) => components)),
    paths: {
      '/v2/': { get: checkCredentials },
      '/v2/token': { get: getToken, post: postToken },
      '/v2/webhooks/events': { post: takeEvents },
      '/.well-known/jwks.json': { get: keys },
      '/api/openapi.json': { get: self },
    },
  };
}

const registryErrors = z
  .object({ errors: z.array(z.object({ code: z.string(), message: z.string(), detail: z.null() })) })
  .meta({
    id: 'RegistryErrors',
    example: { errors: [{ code: 'UNAUTHORIZED', message: 'invalid username or password', detail: null }] },
  });

const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJhY2Nlc3MiOltdfQ.c2lnbmF0dXJl';
const registryToken = z
  .object({
    token: z.string().meta({ example: TOKEN, description: 'A JWT: distribution token spec, "Token Claims".' }),
    access_token: z.string().meta({ example: TOKEN, description: 'The same.' }),
    expires_in: z.number().int().meta({ example: 300, description: 'Seconds.' }),
    issued_at: z.string().meta({ example: '2026-11-21T09:30:00Z' }),
    scope: z
      .string()
      .optional()
      .meta({ description: 'What was granted; of POST only.', example: 'repository:a/b:pull' }),
    refresh_token: z.string().optional().meta({ description: 'When it was asked for.', example: 'ptr_Vh4qU1X9bq3m' }),
  })
  .meta({ id: 'RegistryToken' });

const tokenGrant = z
  .object({
    grant_type: z.enum(['password', 'refresh_token']),
    service: z.string().max(512).meta({ example: 'registry.example.com:5000' }),
    username: z.string().optional(),
    password: z.string().optional(),
    refresh_token: z.string().optional().meta({ example: 'ptr_Vh4qU1X9bq3m' }),
    scope: z.string().optional().meta({ example: 'repository:library/app:pull,push' }),
    access_type: z.enum(['online', 'offline']).optional(),
    client_id: z.string().optional(),
  })
  .meta({ id: 'TokenGrant' });

const notification = z.object({ events: z.array(z.record(z.string(), z.unknown())) }).meta({
  id: 'Notification',
  example: { events: [{ id: 'a1', action: 'push', target: { repository: 'library/app', tag: '1.4' } }] },
});

const jwks = z
  .object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string(), alg: z.string() })) })
  .meta({ id: 'KeySet', example: { keys: [{ kid: 'PTWT:FNJE', kty: 'EC', alg: 'ES256' }] } });

const json = (name: string): Content => ({ 'application/json': ref(name) });
const ref = (name: string): MediaObject => ({ schema: { $ref: `#/components/schemas/${name}` } });

const TEXTS: Record<number, string> = {
  400: 'The request can not be understood.',
  401: 'Wrong credentials; without any, an anonymous token is answered.',
  413: 'The body is too large.',
  415: 'The body is no form.',
  429: 'Too many failed attempts.',
  503: 'The database can not be reached.',
};

function errors(...statuses: number[]): Record<string, ResponseObject> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: TEXTS[status]!, headers: errorHeaders(status), content: json('RegistryErrors') },
    ]),
  );
}

const query = (name: string, description: string, required = false): ParameterObject => ({
  name,
  in: 'query',
  required,
  description,
  schema: { type: 'string' },
});

const ACCOUNT = [{ basic: [] }];

const checkCredentials: OperationObject = {
  operationId: 'checkCredentials',
  tags: ['registry'],
  security: ACCOUNT,
  responses: {
    200: {
      description: 'They are good.',
      content: { 'application/json': { schema: { type: 'object' }, example: {} } },
    },
    ...errors(401, 429, 503),
  },
};

const getToken: OperationObject = {
  operationId: 'getToken',
  tags: ['registry'],
  security: [...ACCOUNT, {}],
  parameters: [
    { ...query('service', 'The registry, as it calls itself.', true), example: 'registry.example.com:5000' },
    {
      ...query('scope', '`repository:name:actions` or `registry:catalog:*`; repeated or separated by spaces.'),
      schema: { type: 'array', items: { type: 'string' } },
      example: ['repository:library/app:pull,push'],
    },
    query('account', 'Information only.'),
    query('client_id', 'What the client calls itself.'),
    { ...query('offline_token', '`true`: answer a refresh token too.'), schema: { type: 'string' } },
  ],
  responses: {
    200: { description: 'What of it was granted.', content: json('RegistryToken') },
    ...errors(400, 401, 429, 503),
  },
};

const postToken: OperationObject = {
  operationId: 'exchangeToken',
  tags: ['registry'],
  security: [...ACCOUNT, {}],
  requestBody: { required: true, content: { 'application/x-www-form-urlencoded': ref('TokenGrant') } },
  responses: {
    200: { description: 'What of it was granted.', content: json('RegistryToken') },
    ...errors(400, 401, 413, 415, 429, 503),
  },
};

const takeEvents: OperationObject = {
  operationId: 'takeEvents',
  tags: ['registry'],
  'x-portus-access': 'registry',
  security: [{ registrySecret: [] }],
  requestBody: {
    required: true,
    content: {
      'application/vnd.docker.distribution.events.v2+json': ref('Notification'),
      'application/vnd.docker.distribution.events.v1+json': ref('Notification'),
    },
  },
  responses: { 202: { description: 'Taken, whatever the body holds.' }, ...errors(401, 503) },
};

const keys: OperationObject = {
  operationId: 'getKeys',
  tags: ['registry'],
  security: [],
  responses: { 200: { description: 'The public keys of tokens (RFC 7517).', content: json('KeySet') } },
};

const self: OperationObject = {
  operationId: 'getOpenApi',
  tags: ['registry'],
  security: [],
  responses: {
    200: {
      description: 'This document.',
      content: { 'application/json': { schema: { type: 'object' }, example: { openapi: '3.1.1' } } },
    },
  },
};
