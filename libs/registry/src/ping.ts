import { BODY_CAPS } from './transport/limits.js';
import type { Transport } from './transport/transport.js';
import {
  answerError,
  badAnswer,
  endpoint,
  isRecord,
  mediaTypeOf,
  parseErrorBody,
  parseJson,
  type Answer,
} from './wire.js';

export interface PingAnswer {
  reachable: true;
  /** `Docker-Distribution-Api-Version`, such as `registry/2.0`; null when the registry does not send it. */
  apiVersion: string | null;
  /** The registry's clock, as it wrote it. */
  dateHeader: string | null;
  /** The `service` of its Bearer challenge: the audience that its tokens must have. Null when it asks for no token. */
  service: string | null;
  /** The `realm` of that challenge: where clients ask for tokens. As the registry wrote it; never asked by us. */
  realm: string | null;
}

const MAX_LENGTH = 512;

/**
 * Asks `GET /v2/` (OCI distribution spec 1.1, "Determining Support") without a token: a registry that is not ours yet
 * shall not receive one. Throws `NOT_A_REGISTRY` when something else answers there.
 */
export async function ping(transport: Transport, signal?: AbortSignal): Promise<PingAnswer> {
  const url = endpoint(transport.base, ['']);
  return readPing(await transport.send({ method: 'GET', url, access: null, cap: BODY_CAPS.error, signal }));
}

/** What the answer to a ping says: 200, or 401 (it is there and wants a token), with a mark of the API. */
export function readPing(answer: Answer): PingAnswer {
  if (answer.status !== 200 && answer.status !== 401) {
    const error = answerError(answer);
    throw error.code === 'HTTP_ERROR' ? badAnswer(answer, error.message, 'NOT_A_REGISTRY') : error;
  }
  const apiVersion = answer.headers.get('docker-distribution-api-version') ?? null;
  const marked = apiVersion?.includes('registry/2.0') || bodyIsMark(answer);
  if (!marked) throw badAnswer(answer, 'something answers, but it is not a registry', 'NOT_A_REGISTRY');
  const challenge = answer.status === 401 ? (answer.headers.get('www-authenticate') ?? null) : null;
  const dateHeader = answer.headers.get('date') ?? null;
  return {
    reachable: true,
    apiVersion,
    dateHeader,
    service: parameterOf(challenge, 'service'),
    realm: parameterOf(challenge, 'realm'),
  };
}

/** The header is optional by the OCI specification; a JSON object (200) or a registry's error body (401) says it too. */
function bodyIsMark(answer: Answer): boolean {
  if (answer.status === 401) return parseErrorBody(answer).length > 0;
  return mediaTypeOf(answer) === 'application/json' && isRecord(parseJson(answer.body));
}

const PARAMETERS = {
  service: /^Bearer\s.*?\bservice="([^"]*)"/i,
  realm: /^Bearer\s.*?\brealm="([^"]*)"/i,
} as const;

/** Reads a parameter of a Bearer challenge (RFC 6750, section 3); values are quoted strings. */
function parameterOf(challenge: string | null, name: keyof typeof PARAMETERS): string | null {
  const value = PARAMETERS[name].exec(challenge ?? '')?.[1] ?? '';
  return value !== '' && value.length <= MAX_LENGTH ? value : null;
}

/**
 * Whether the registry takes our token at all, asked with one that grants nothing. false: it answers 401. Throws as
 * {@link ping} does.
 */
export async function takesTokens(transport: Transport, signal?: AbortSignal): Promise<boolean> {
  const url = endpoint(transport.base, ['']);
  const answer = await transport.send({ method: 'GET', url, access: [], cap: BODY_CAPS.error, signal });
  readPing(answer);
  return answer.status === 200;
}
