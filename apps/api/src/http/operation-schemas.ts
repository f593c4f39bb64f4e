import type { ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { z } from 'zod';
import { ANSWER_VIEW } from './answers.js';
import { fieldsOf } from './schema-fields.js';

/** What an operation's decorators say about its requests and answers. */
export interface OperationSchemas {
  /** null: it takes no body. */
  body: z.ZodType | null;
  view: z.ZodType | null;
  /** Names of query parameters; null: it takes none, or any. */
  query: ReadonlySet<string> | null;
  /** Media types of its answers. */
  produces: readonly string[];
}

interface Argument {
  data?: unknown;
  schema?: z.ZodType;
}

const JSON_TYPES = ['application/json', 'application/problem+json'];
const known = new WeakMap<object, OperationSchemas>();

/** The schemas of the operation that a request was routed to. */
export function schemasOf(context: ExecutionContext): OperationSchemas {
  const handler = context.getHandler();
  let schemas = known.get(handler);
  if (!schemas) known.set(handler, (schemas = read(context.getClass(), handler)));
  return schemas;
}

function read(type: object, handler: Function): OperationSchemas {
  const metadata = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, handler.name) ?? {}) as Record<string, Argument>;
  const all = (kind: RouteParamtypes) =>
    Object.entries(metadata).flatMap(([key, argument]) => (key.startsWith(`${kind}:`) ? [argument] : []));
  const produces = (Reflect.getMetadata('swagger/apiProduces', handler) ?? []) as string[];
  return {
    body: all(RouteParamtypes.BODY).find(({ schema }) => schema)?.schema ?? null,
    view: (Reflect.getMetadata(ANSWER_VIEW, handler) ?? null) as z.ZodType | null,
    query: namesOf(all(RouteParamtypes.QUERY)),
    produces: [...produces, ...JSON_TYPES],
  };
}

function namesOf(queries: readonly Argument[]): ReadonlySet<string> | null {
  if (queries.length === 0) return null;
  const names: string[] = [];
  for (const { data, schema } of queries) {
    if (typeof data === 'string') names.push(data);
    else {
      const fields = schema ? fieldsOf(schema) : null;
      if (fields === null) return null;
      names.push(...Object.keys(fields));
    }
  }
  return new Set(names);
}
