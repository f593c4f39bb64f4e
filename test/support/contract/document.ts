import { readFileSync } from 'node:fs';

/** `docs/openapi.json` as tests read it. The drift check says that it is what the programs serve. */
export const DOCUMENT = JSON.parse(
  readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Schema = { $ref?: string; type?: string | string[]; properties?: Record<string, Schema> } & Record<
  string,
  unknown
>;

export interface Media {
  schema?: Schema;
  example?: unknown;
}
export interface Header {
  required?: boolean;
  schema: Schema;
}
export interface Response {
  description: string;
  headers?: Record<string, Header | Ref>;
  content?: Record<string, Media>;
}
interface Ref {
  $ref: string;
}
export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required: boolean;
  description?: string;
  schema: Schema;
  example?: unknown;
}
export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, Response | Ref>;
  'x-portus-access'?: string;
}
export interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    responses: Record<string, Response>;
    headers: Record<string, Header>;
    securitySchemes: Record<string, unknown>;
  };
}

/** An operation with its place: `key` is `METHOD /path/{of}/template`. */
export interface Placed {
  key: string;
  method: string;
  path: string;
  operation: Operation;
}

export const OPERATIONS: readonly Placed[] = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    key: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    operation,
  })),
);

/** Follows a reference into the document. */
export function resolved<T extends object>(value: T | Ref): T {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value as T;
  let at: unknown = DOCUMENT;
  for (const step of value.$ref.replace(/^#\//, '').split('/')) at = (at as Record<string, unknown>)[step];
  if (at === undefined) throw new Error(`${value.$ref} leads nowhere`);
  return resolved(at as T | Ref);
}

const TEMPLATES = OPERATIONS.map((placed) => ({
  placed,
  fixed: !placed.path.includes('{'),
  pattern: new RegExp(`^${placed.path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));

/** The operation that answers a request; null when the document has none for it. */
export function operationFor(method: string, path: string): Placed | null {
  const fits = TEMPLATES.filter(({ placed, pattern }) => placed.method === method && pattern.test(path));
  return (fits.find(({ fixed }) => fixed) ?? fits[0])?.placed ?? null;
}
