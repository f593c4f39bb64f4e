import { z } from 'zod';
import type { SchemaObject } from './shapes.js';

interface Converted {
  schema: SchemaObject;
  components: Record<string, SchemaObject>;
}

/**
 * A zod schema as JSON Schema 2020-12, the dialect of OpenAPI 3.1; schemas with an `id` become components. They are left
 * open (no `additionalProperties: false`): a client must not break when a field is added, and bodies may hold more.
 */
export function jsonSchemaOf(schema: unknown, io: 'input' | 'output'): Converted {
  const { $defs, $schema, ...root } = z.toJSONSchema(schema as z.ZodType, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => simplify(jsonSchema as SchemaObject),
  });
  void $schema;
  return { schema: root as SchemaObject, components: ($defs ?? {}) as Record<string, SchemaObject> };
}

/** Takes away what only repeats the rest (bounds of every number, expressions for named formats), and says what a moment is. */
function simplify(schema: SchemaObject): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.format !== undefined) delete schema.pattern;
  delete schema['propertyNames'];
  delete schema['id'];
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (name.endsWith('_at') && [field.type].flat().includes('string')) field.format ??= 'date-time';
  }
}
