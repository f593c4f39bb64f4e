import fc from 'fast-check';
import { pathOf } from '../authorization/requests.js';
import { CALLERS, type Caller, OBJECTS } from '../authorization/world.js';
import { NASTY, spoiled, valuesOf } from './arbitrary.js';
import type { Parameter, Placed } from './document.js';

/** One request of a fuzz run, as `inject` takes it. */
export interface Fuzzed {
  caller: Caller;
  method: string;
  url: string;
  headers: Record<string, string>;
  payload?: string;
}

const UNKNOWN = [
  ['unknown', '1'],
  ['page', '1'],
  ['a[b]', 'c'],
];
const IDS = Object.values(OBJECTS);
const ODD_IDS = [
  '0',
  '-1',
  '2147483648',
  '99999999999999999999',
  '1.5',
  'abc',
  '%00',
  '%ff',
  '%F0%9F%90%B3',
  'a'.repeat(150),
];
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const OTHER_TYPES = ['text/plain', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16', 'x'];
const ODD_BODIES = ['', '{', 'null', '[]', '"text"', '{"a":1}{', '\0', `${'['.repeat(3_000)}${']'.repeat(3_000)}`];
/** Optional headers that change what an operation does. */
const HEADERS = {
  'if-match': ['*', '"x"', 'W/"1"', '', '"'.repeat(50)],
  'idempotency-key': ['once', '', 'k'.repeat(600), 'é'],
  'if-none-match': ['*', '"x"'],
  'x-request-id': ['mine', 'not sane\t', 'x'.repeat(300)],
};

const rarely = <T>(one: fc.Arbitrary<T>, otherwise: fc.Arbitrary<T>, weight = 4): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: one, weight: 1 }, { arbitrary: otherwise, weight });

/** Requests to an operation: most of what they hold fits the document, one place in some does not. */
export function requestsTo(placed: Placed): fc.Arbitrary<Fuzzed> {
  const { method } = placed;
  return fc
    .record({
      caller: rarely<Caller>(fc.constantFrom(...CALLERS), fc.constantFrom('admin', 'owner'), 2),
      path: paths(placed.path),
      query: queries(placed.operation.parameters.filter((one) => one.in === 'query')),
      body: bodies(placed),
      headers: rarely(oddHeaders(), fc.constant({}), 6),
    })
    .map(({ caller, path, query, body, headers }) => ({
      caller,
      method,
      url: `${path}${query}`,
      headers: { ...headers, ...body?.headers },
      ...(body === null ? {} : { payload: body.payload }),
    }));
}

function paths(path: string): fc.Arbitrary<string> {
  const odd = fc.constantFrom(...ODD_IDS, ...IDS.map(String));
  return rarely(
    odd.map((id) => path.replace(/\{\w+\}/, id).replace(/\{\w+\}/g, String(IDS[0]))),
    fc.constant(pathOf(path)),
    5,
  );
}

function queries(parameters: Parameter[]): fc.Arbitrary<string> {
  const pairs = parameters.map(({ name, schema, required }) => {
    const nasty = fc.constantFrom(...NASTY).map(asText);
    const value = rarely(nasty, valuesOf(schema, IDS, name).map(asText), 6);
    return fc.option(value, { nil: null, freq: required ? 12 : 1 }).map((one) => (one === null ? [] : [[name, one]]));
  });
  const unknown = rarely<string[][]>(fc.constantFrom(...UNKNOWN.map((pair) => [pair])), fc.constant([]), 12);
  return fc.tuple(...pairs, unknown).map((found) => {
    const text = found
      .flat()
      .map(([name, value]) => `${encodeURIComponent(name!)}=${encodeURIComponent(value!)}`)
      .join('&');
    return text === '' ? '' : `?${text}`;
  });
}

type Body = { payload: string; headers: Record<string, string> } | null;

function bodies({ operation }: Placed): fc.Arbitrary<Body> {
  const media = operation.requestBody?.content[JSON_TYPE];
  if (media?.schema === undefined) return rarely<Body>(fc.constant(json('{"a":1}')), fc.constant(null), 15);
  const valid = rarely(fc.constant(media.example), valuesOf(media.schema, IDS), 2);
  const wrong = fc
    .tuple(valid, fc.nat(1_000), fc.constantFrom(...NASTY))
    .map(([value, where, nasty]) => spoiled(value, where, nasty));
  const value = fc.oneof({ arbitrary: valid, weight: 3 }, { arbitrary: wrong, weight: 2 });
  const raw = fc.tuple(fc.constantFrom(...ODD_BODIES), fc.constantFrom(JSON_TYPE, FORM_TYPE, ...OTHER_TYPES));
  return fc.oneof(
    { arbitrary: value.map((one): Body => json(JSON.stringify(one))), weight: 10 },
    {
      arbitrary: value.map((one): Body => ({ payload: formOf(one), headers: { 'content-type': FORM_TYPE } })),
      weight: 2,
    },
    { arbitrary: raw.map(([payload, type]): Body => ({ payload, headers: { 'content-type': type } })), weight: 1 },
    { arbitrary: fc.constant<Body>(null), weight: 1 },
  );
}

const json = (payload: string): Body => ({ payload, headers: { 'content-type': JSON_TYPE } });

/** `{user: {name: 'a'}, only: [1]}` → `user[name]=a&only[]=1`, as browsers and Portus's clients write it. */
export function formOf(value: unknown, name = ''): string {
  if (typeof value !== 'object' || value === null)
    return `${encodeURIComponent(name)}=${encodeURIComponent(asText(value))}`;
  const inner = Array.isArray(value) ? value.slice(0, 50).map((one) => ['', one] as const) : Object.entries(value);
  return inner.map(([key, one]) => formOf(one, name === '' ? key : `${name}[${key}]`)).join('&');
}

function oddHeaders(): fc.Arbitrary<Record<string, string>> {
  const one = fc
    .constantFrom(...Object.entries(HEADERS))
    .chain(([name, values]) => fc.constantFrom(...values).map((value) => ({ [name]: value })));
  return one as fc.Arbitrary<Record<string, string>>;
}

/** Lone surrogates have no place in a URL. */
const asText = (value: unknown): string =>
  Buffer.from((typeof value === 'object' ? JSON.stringify(value) : String(value)).slice(0, 3_000)).toString();
