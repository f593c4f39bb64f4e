import fc from 'fast-check';
import { resolved, type Schema } from './document.js';

/**
 * Addresses that a fuzz run may make the house speak to: nothing listens there, and nothing leaves this machine. No
 * text that is made up elsewhere may look like a host name.
 */
const ADDRESSES = ['127.0.0.1:9', '127.0.0.1:1', '[::1]:9', ''];
const URLS = [
  'http://127.0.0.1:9/',
  'https://127.0.0.1:9/x?y=z',
  'ftp://127.0.0.1:9/',
  'http://user:word@127.0.0.1:9/',
  '//',
];

/** What nobody sane sends; some of it fits some schema. */
export const NASTY: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  '\0',
  'a b',
  '🐳🐳',
  '\ud800',
  '../../..',
  "' OR 1=1 --",
  '%00%ff',
  'x y'.repeat(4_000),
  -1,
  0,
  0.5,
  2 ** 31,
  2 ** 53,
  1e300,
  [],
  {},
  [[[[[]]]]],
  { toString: 1, constructor: 2 },
  Array.from({ length: 1_200 }, (_, i) => i),
];

/** Values that a schema of the document describes. `ids` are numbers that mean something in the world. */
export function valuesOf(schema: Schema, ids: readonly number[], name = '', depth = 0): fc.Arbitrary<unknown> {
  const known = resolved(schema);
  const choices = (known['anyOf'] ?? known['oneOf']) as Schema[] | undefined;
  if (choices !== undefined) return fc.oneof(...choices.map((one) => valuesOf(one, ids, name, depth)));
  if (Array.isArray(known['enum'])) return fc.constantFrom(...(known['enum'] as unknown[]));
  if ('const' in known) return fc.constant(known['const']);
  const types = [known.type ?? []].flat();
  if (types.length === 0) return depth > 3 ? fc.constant(null) : fc.jsonValue({ maxDepth: 2 });
  return fc.oneof(...types.map((type) => ofType(type, known, ids, name, depth)));
}

function ofType(
  type: string,
  schema: Schema,
  ids: readonly number[],
  name: string,
  depth: number,
): fc.Arbitrary<unknown> {
  if (type === 'string') return texts(schema, name);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'integer' || type === 'number') return numbers(schema, ids);
  if (type === 'array') {
    const { minItems = 0, maxItems = 4 } = schema as { minItems?: number; maxItems?: number };
    const maxLength = Math.max(minItems, Math.min(maxItems, 4));
    return fc.array(valuesOf((schema['items'] ?? {}) as Schema, ids, name, depth + 1), {
      minLength: minItems,
      maxLength,
    });
  }
  return objects(schema, ids, depth);
}

function objects(schema: Schema, ids: readonly number[], depth: number): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length > 0) {
    const shape = fields.map(([name, field]) => [name, valuesOf(field, ids, name, depth + 1)] as const);
    return fc.record(Object.fromEntries(shape), { requiredKeys: (schema['required'] ?? []) as string[] });
  }
  const values = schema['additionalProperties'];
  const value = typeof values === 'object' ? valuesOf(values as Schema, ids, '', depth + 1) : fc.constant('x');
  return fc.dictionary(fc.string({ maxLength: 20 }), value, { maxKeys: 3 });
}

function numbers(schema: Schema, ids: readonly number[]): fc.Arbitrary<unknown> {
  const { minimum = -1_000, maximum = 1_000_000 } = schema as { minimum?: number; maximum?: number };
  const within = ids.filter((id) => id >= minimum && id <= maximum);
  const any = fc.integer({ min: Math.ceil(minimum), max: Math.max(Math.ceil(minimum), Math.floor(maximum)) });
  return within.length === 0 ? any : fc.oneof({ arbitrary: fc.constantFrom(...within), weight: 3 }, any);
}

function texts(schema: Schema, name: string): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = 60, pattern, format } = schema as Record<string, never>;
  if (/host/.test(name)) return fc.constantFrom(...ADDRESSES);
  if (/url|link/.test(name) || format === 'uri') return fc.constantFrom(...URLS);
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (format === 'date') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));
  if (format === 'email') return fc.constantFrom('a@example.test', 'A.b+c@example.test', 'viewer@example.test');
  if (typeof pattern === 'string') {
    const most = Number(maxLength);
    return fc.stringMatching(new RegExp(pattern), { size: 'xsmall' }).map((text) => text.slice(0, most));
  }
  const most = Math.max(Number(minLength), Math.min(Number(maxLength), 60));
  const sized = fc.string({ minLength: Number(minLength), maxLength: most, unit: 'binary' });
  const words = ['crew', 'app', 'viewer', 'other', 'pull', 'owner', 'v1'].filter((word) => word.length >= minLength);
  return words.length === 0 ? sized : fc.oneof(sized, fc.constantFrom(...words));
}

/** A value with one place of it replaced by something nasty, taken away, or a field too many beside it. */
export function spoiled(value: unknown, where: number, nasty: unknown): unknown {
  const places = placesOf(value);
  const path = places[where % places.length]!;
  if (path.length === 0) return nasty;
  const copy = structuredClone(value) as Record<string, unknown>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>;
  const last = path.at(-1)!;
  if (where % 3 === 0 && !Array.isArray(at)) delete at[last];
  else if (where % 7 === 0 && !Array.isArray(at)) at[`${last}_more`] = nasty;
  else at[last] = nasty;
  return copy;
}

function placesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).slice(0, 20);
  return [path, ...inner.flatMap(([key, one]) => placesOf(one, [...path, key]))];
}
