import { parse } from 'qs';
import type { z } from 'zod';
import { AppError } from '#domain/errors/app-error.js';
import { bare, definitionOf, takesNull } from './schema-fields.js';

/** Caps of a form: levels of `a[b][c]`, fields, and items of `a[]`. */
const CAPS = { depth: 5, strictDepth: true, parameterLimit: 1_000, arrayLimit: 1_000, throwOnLimitExceeded: true };

/** Reads `user[username]=x&only[]=a` (application/x-www-form-urlencoded), as Portus took it. All values are texts. */
export function parseForm(bytes: Buffer): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return parse(text, { ...CAPS, allowPrototypes: false, ignoreQueryPrefix: false }) as Record<string, unknown>;
  } catch {
    throw new AppError('bad_request', 'the form is not valid, too deep or has too many fields');
  }
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  on: true,
  t: true,
  false: false,
  '0': false,
  off: false,
  f: false,
};

/** Gives the texts of a form the types that the schema wants; what does not look so is left for it to refuse. */
export function fitForm(schema: z.ZodType, value: unknown): unknown {
  const { type, shape, options, element, valueType } = definitionOf(bare(schema));
  if (typeof value === 'string') return fitText(schema, type, value, options, element);
  if (type === 'union' && options) return fitUnion(options, value);
  if (type === 'array' && element && Array.isArray(value)) return value.map((item) => fitForm(element, item));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fieldOf = (name: string) =>
    type === 'record' ? valueType : shape && Object.hasOwn(shape, name) && shape[name];
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const field = fieldOf(name);
      return [name, field ? fitForm(field, item) : item];
    }),
  );
}

function fitText(
  schema: z.ZodType,
  type: string,
  text: string,
  options: readonly z.ZodType[] | undefined,
  element: z.ZodType | undefined,
): unknown {
  if (text === '' && type !== 'string' && takesNull(schema)) return null;
  if (type === 'boolean') return BOOLEANS[text.toLowerCase()] ?? text;
  if (type === 'number' && /^-?\d{1,15}(\.\d{1,10})?$/.test(text)) return Number(text);
  if (type === 'array' && element) return text === '' ? [] : [fitForm(element, text)];
  return type === 'union' && options ? fitUnion(options, text) : text;
}

function fitUnion(options: readonly z.ZodType[], value: unknown): unknown {
  for (const option of options) {
    const fitted = fitForm(option, value);
    if (option.safeParse(fitted).success) return fitted;
  }
  return value;
}
