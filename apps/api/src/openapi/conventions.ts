import { errorResponse } from './errors.js';
import type { HeaderObject, Method, OperationObject, ParameterObject, SchemaObject } from './shapes.js';

const header = (description: string, schema: SchemaObject = { type: 'string' }): HeaderObject => ({
  description,
  schema,
});

const ETAG = {
  ETag: header('Names what was answered (RFC 9110, 8.8.3): for If-None-Match and, when strong, If-Match.'),
};
const WARNING = { 'X-Portus-Warning': header('Fields of the body that nobody knows; they were ignored.') };
const REPLAYED = {
  'Idempotency-Replayed': header('`true`: the answer of an earlier request with the same key.', {
    type: 'string',
    const: 'true',
  }),
};

const parameter = (name: string, description: string, example: string): ParameterObject => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
  example,
});
const IF_NONE_MATCH = parameter(
  'If-None-Match',
  'Entity tags that are known: 304 when nothing changed.',
  '"4f1c.b2Jq"',
);
const IF_MATCH = parameter(
  'If-Match',
  'The ETag that the change is meant for: 412 when it was overtaken.',
  '"4f1c.b2Jq"',
);
const IDEMPOTENCY_KEY = parameter(
  'Idempotency-Key',
  'The same request with the same key within a day is carried out once and answered alike; 422 for another request.',
  'b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11',
);

/** What apps/api/src/http does for every operation, by its method and by what it answers. */
export function describeConventions(method: Method, operation: OperationObject): void {
  operation.responses[406] ??= errorResponse(406);
  if (method === 'get') describeReading(operation);
  else describeChange(method, operation);
}

function describeReading(operation: OperationObject): void {
  const good = operation.responses[200];
  const schema = good?.content?.['application/json']?.schema;
  if (good === undefined || schema === undefined || schema.type === 'array') return;
  good.headers = { ...ETAG, ...good.headers };
  operation.parameters = [...(operation.parameters ?? []), IF_NONE_MATCH];
  operation.responses[304] ??= { description: 'Nothing changed.', headers: { ...ETAG } };
}

function describeChange(method: Method, operation: OperationObject): void {
  operation.responses[412] ??= errorResponse(412);
  const versioned = operation['x-portus-versioned'] === true;
  if (versioned) {
    operation.parameters = [...(operation.parameters ?? []), IF_MATCH];
    operation.responses[409] ??= errorResponse(409);
  }
  const keyed = method === 'post' && operation['x-portus-access'] !== 'public';
  if (keyed) {
    operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
    for (const status of [409, 422]) operation.responses[status] ??= errorResponse(status);
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    if (Number(status) >= 300) continue;
    response.headers = {
      ...(versioned && response.content !== undefined && Number(status) !== 202 ? ETAG : {}),
      ...(operation.requestBody === undefined ? {} : WARNING),
      ...(keyed ? REPLAYED : {}),
      ...response.headers,
    };
  }
}
