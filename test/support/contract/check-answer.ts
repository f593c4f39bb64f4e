import { operationFor, type Header, type Placed, resolved, type Response } from './document.js';
import { answerFaults } from './schemas.js';

/** An answer of the api, as it came over the wire. */
export interface Answered {
  method: string;
  /** With or without a query. */
  path: string;
  status: number;
  headers: Headers;
  /** The whole body; null when it was cut off or not read. */
  text: string | null;
}

/** Headers of our own and those with a meaning for clients: one of them that the document does not name is a fault. */
const OURS =
  /^(x-(?!content-type-options|frame-options|accel-buffering).*|link|etag|location|retry-after|www-authenticate|warning|idempotency-.*|deprecation|sunset|allow)$/;

/**
 * What an answer says that the OpenAPI document does not: an unknown operation, status, media type, header, a field too
 * many, one that is missing or of another type. Each fault is one line.
 */
export function contractFaults(answered: Answered): string[] {
  const path = answered.path.split('?')[0] ?? '';
  const placed = operationFor(answered.method === 'HEAD' ? 'GET' : answered.method, path);
  if (placed === null) return unknownFaults(answered, path);
  const response = placed.operation.responses[String(answered.status)];
  const name = `${placed.key} → ${answered.status}`;
  if (response === undefined) {
    return [`${name}: the document has no such status; name it in @Answers(…, { also: [${answered.status}] })`];
  }
  const known = resolved<Response>(response);
  return [...headerFaults(known, answered), ...bodyFaults(placed, known, answered)].map((text) => `${name}: ${text}`);
}

/** What the document does not know must not be there, unless it is a page or asset, or no route at all. */
function unknownFaults({ method, status }: Answered, path: string): string[] {
  if (method === 'OPTIONS' && status === 204) return [];
  if (!/^\/(api|v2)\//.test(path) || [400, 404, 405, 431].includes(status)) return [];
  return [`${method} ${path} → ${status}: the document has no such operation`];
}

function headerFaults(response: Response, { headers }: Answered): string[] {
  const known = Object.entries(response.headers ?? {}).map(([name, one]) => [name, resolved<Header>(one)] as const);
  const names = new Set(known.map(([name]) => name.toLowerCase()));
  const missing = known.filter(([name, { required }]) => required && !headers.has(name));
  const wrong = known.flatMap(([name, { schema }]) => {
    const value = headers.get(name);
    if (value === null) return [];
    const typed = schema.type === 'integer' ? Number(value) : value;
    return answerFaults(schema, typed).map((fault) => `the header ${name}: ${fault}`);
  });
  const extra = [...headers.keys()].filter((name) => OURS.test(name) && !names.has(name));
  return [
    ...missing.map(([name]) => `the header ${name} is missing`),
    ...extra.map((name) => `the header ${name} is not in the document`),
    ...wrong,
  ];
}

function bodyFaults({ method }: Placed, response: Response, { text, headers, method: asked }: Answered): string[] {
  if (text === null || asked === 'HEAD') return [];
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (response.content === undefined) return text === '' ? [] : [`a body where the document has none (${method})`];
  const media = response.content[type];
  if (media === undefined) return [`the media type "${type}" is not in the document`];
  if (type !== 'application/json' || media.schema === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return ['the body is no JSON'];
  }
  return answerFaults(media.schema, value);
}
