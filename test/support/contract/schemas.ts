import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { DOCUMENT, type Schema } from './document.js';

const ID = 'https://portus.test/openapi';

/**
 * Answers are judged more strictly than the document says, which leaves objects open for later fields: one that is not
 * described fails, so that nothing is answered that the document does not know.
 */
const strict = ajv();
strict.addSchema({ $id: `${ID}/strict`, components: { schemas: closed(DOCUMENT.components.schemas) } });
const plain = ajv();
plain.addSchema({ $id: `${ID}/open`, components: { schemas: DOCUMENT.components.schemas } });

const compiled = new Map<Ajv2020, WeakMap<Schema, ValidateFunction>>([
  [strict, new WeakMap()],
  [plain, new WeakMap()],
]);

/** What is wrong with an answered value; empty when nothing is. */
export function answerFaults(schema: Schema, value: unknown): string[] {
  return faults(schema, value, strict, `${ID}/strict`, closed);
}

/** What is wrong with a value for the door, such as an example of a body. */
export function bodyFaults(schema: Schema, value: unknown): string[] {
  return faults(schema, value, plain, `${ID}/open`, (one) => one);
}

function faults(schema: Schema, value: unknown, by: Ajv2020, base: string, adapt: (one: Schema) => Schema): string[] {
  const known = compiled.get(by)!;
  const validate = known.get(schema) ?? by.compile(withBase(adapt(schema), base));
  known.set(schema, validate);
  return validate(value) ? [] : (validate.errors ?? []).slice(0, 10).map(text);
}

function ajv(): Ajv2020 {
  const made = new Ajv2020({ allErrors: true, strict: false, validateFormats: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(made);
  return made;
}

/** Refuses fields that no schema names. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === 'example' || key === 'default' ? value : closed(value)]),
  ) as Record<string, unknown>;
  const described = typeof copy['properties'] === 'object' && copy['type'] !== undefined;
  if (described && copy['additionalProperties'] === undefined) copy['additionalProperties'] = false;
  return copy as T;
}

/** References of a part of the document, for a validator that holds the rest of it. */
function withBase<T>(schema: T, base: string): T {
  const text = JSON.stringify(schema).replaceAll('"#/components/', `"${base}#/components/`);
  return JSON.parse(text) as T;
}

const text = ({ instancePath, message, params }: ErrorObject): string =>
  `${instancePath || 'the value'} ${message ?? 'is wrong'} ${JSON.stringify(params)}`;
