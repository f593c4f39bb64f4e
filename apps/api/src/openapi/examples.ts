import { type OpenApi, resolve, type SchemaObject } from './shapes.js';

const DIGEST = 'sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b';
const WHEN = '2026-11-21T09:30:00.000Z';

/** What a field shows in examples, by its name; a schema's own `example` or `default` comes before. */
const BY_NAME: Record<string, unknown> = {
  username: 'alice',
  user: 'alice',
  email: 'alice@example.com',
  password: 'correct horse battery',
  current_password: 'correct horse battery',
  display_name: 'Alice',
  application: 'ci',
  plain_token: 'ptk_Vh4qU1X9bq3mS0JtYw2k',
  csrf_token: 'kP3v0mXo5t2h',
  name: 'library',
  full_name: 'library/app',
  repository: 'library/app',
  repository_name: 'library/app',
  repository_pattern: '*',
  tag: '1.4',
  tag_pattern: 'pr-*',
  team: 'library',
  new_team: 'archive',
  namespace: 'library',
  hostname: 'registry.example.com:5000',
  external_hostname: 'registry.example.com',
  registry_hostname: 'registry.example.com',
  description: 'What it is for.',
  body: 'Works on arm64 too.',
  message: 'Not found',
  digest: DIGEST,
  image_id: DIGEST.slice(7),
  media_type: 'application/vnd.oci.image.manifest.v1+json',
  os: 'linux',
  architecture: 'amd64',
  variant: null,
  address: '192.0.2.7',
  from_address: '192.0.2.7',
  last_used_from: '192.0.2.7',
  user_agent: 'Mozilla/5.0',
  client_id: 'docker',
  service: 'registry.example.com:5000',
  search: 'app',
  url: 'https://hooks.example.com/portus',
  only: ['name'],
  request_id: '0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e',
  day: '2026-11-21',
  size: 31_457_280,
  pull_count: 12,
  webhook_secret: 'kept-between-the-two',
};

/**
 * A value that fits the schema and reads like a real one: of a schema's `example`, `default`, `enum` or, by its name,
 * from the list above. The linter checks every example against its schema.
 */
export function exampleOf(schema: SchemaObject, document: OpenApi, name = '', depth = 0): unknown {
  const shown = schema.example ?? (schema.default === null ? undefined : schema.default) ?? schema.const;
  if (shown !== undefined) return shown;
  if (schema.$ref !== undefined) return exampleOf(resolve(schema, document), document, name, depth + 1);
  if (schema.enum !== undefined) return schema.enum[0];
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return exampleOf(firstOf(choices), document, name, depth);
  if (schema.allOf !== undefined) {
    return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, document, name, depth)));
  }
  const types = [schema.type ?? 'null'].flat();
  if (types.includes('object') && schema.properties !== undefined) return objectOf(schema, document, depth);
  const known = BY_NAME[name];
  if (known !== undefined && fits(known, types)) return known;
  if (types.includes('array'))
    return depth > 6 ? [] : [exampleOf(schema.items ?? {}, document, singularOf(name), depth)];
  if (types.includes('object')) return mapOf(schema, document, depth);
  return scalarOf(schema, types, name);
}

/** Required fields and all others but those that may be left out and would only say so. */
function objectOf(schema: SchemaObject, document: OpenApi, depth: number): Record<string, unknown> {
  if (depth > 8) return {};
  const fields = Object.entries(schema.properties ?? {});
  return Object.fromEntries(fields.map(([key, field]) => [key, exampleOf(field, document, key, depth + 1)]));
}

function mapOf(schema: SchemaObject, document: OpenApi, depth: number): Record<string, unknown> {
  const values = schema.additionalProperties;
  if (typeof values !== 'object') return {};
  const names = schema.required ?? ['name'];
  return Object.fromEntries(names.map((name) => [name, exampleOf(values, document, name, depth + 1)]));
}

function scalarOf(schema: SchemaObject, types: string[], name: string): unknown {
  if (types.includes('string')) return textOf(schema, name);
  if (types.includes('integer') || types.includes('number')) return Math.max(schema.minimum ?? 1, 1);
  if (types.includes('boolean')) return false;
  return null;
}

function textOf(schema: SchemaObject, name: string): string {
  const { format, pattern } = schema;
  if (format === 'date') return '2026-11-21';
  if (format === 'date-time' || MOMENTS.test(name)) return WHEN;
  if (format === 'email') return 'alice@example.com';
  if (format === 'uri') return 'https://hooks.example.com/portus';
  if (name.endsWith('digest')) return DIGEST;
  const fitting = pattern === undefined ? undefined : PATTERNED.find((one) => new RegExp(pattern).test(one));
  return fitting ?? 'text'.slice(0, schema.maxLength ?? 4).padEnd(schema.minLength ?? 0, 'x');
}

const MOMENTS = /(_at|^since|^until|^from|^to|expires)$/;
/** Cursors and such, of which only the form is known. */
const PATTERNED = ['42', '1795253400.42', 'app', 'a3f1'];

/** What a list holds is better shown than the null beside it. */
const firstOf = (choices: SchemaObject[]): SchemaObject => choices.find((one) => one.type !== 'null') ?? choices[0]!;

function fits(value: unknown, types: string[]): boolean {
  if (value === null) return types.includes('null');
  if (Array.isArray(value)) return types.includes('array');
  if (typeof value === 'number') return types.includes('integer') || types.includes('number');
  return types.includes(typeof value);
}

const singularOf = (name: string): string => name.replace(/s$/, '');
