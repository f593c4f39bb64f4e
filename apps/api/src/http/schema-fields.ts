import type { z } from 'zod';

/** The parts of zod's definitions that are looked at; what is not known here is taken as anything. */
interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  catchall?: z.ZodType;
  innerType?: z.ZodType;
  in?: z.ZodType;
  out?: z.ZodType;
  options?: readonly z.ZodType[];
  element?: z.ZodType;
  valueType?: z.ZodType;
}

export const definitionOf = (schema: z.ZodType): Definition => schema.def as unknown as Definition;

/** The schema inside of optional, nullable, default and so on; of a pipe what is read from outside. */
export function bare(schema: z.ZodType): z.ZodType {
  const { innerType, type, in: input, out } = definitionOf(schema);
  if (innerType) return bare(innerType);
  if (type !== 'pipe' || !input || !out) return schema;
  return bare(definitionOf(input).type === 'transform' ? out : input);
}

/** Whether null is one of the values. */
export function takesNull(schema: z.ZodType): boolean {
  return schema.safeParse(null).success;
}

/** Fields of an object's schema; null where it is no object, or takes any. Of a union: those of all its objects. */
export function fieldsOf(schema: z.ZodType): Record<string, z.ZodType> | null {
  const { type, shape, catchall, options, element } = definitionOf(bare(schema));
  if (type === 'array' && element) return fieldsOf(element);
  if (type === 'union' && options) {
    const objects = options.map(fieldsOf).filter((fields) => fields !== null);
    return objects.length > 0 ? Object.assign({}, ...objects.toReversed()) : null;
  }
  return type === 'object' && shape && !takesAny(catchall) ? shape : null;
}

const takesAny = (catchall: z.ZodType | undefined): boolean =>
  catchall !== undefined && definitionOf(catchall).type !== 'never';
