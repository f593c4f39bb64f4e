import { type Dispatcher, request } from 'undici';
import type { RequestMethod } from '#domain/webhook/webhook-events.js';
import { readCapped } from '#registry/transport/limits.js';
import { AddressRefusedError } from './guarded-agent.js';

/** One HTTP request to a receiver. */
export interface HookRequest {
  url: string;
  method: RequestMethod;
  headers: Record<string, string>;
  body: string;
}

/** What came of it. */
export interface HookAnswer {
  /** 0: there was no answer. */
  status: number;
  /** Why it failed; null: it was answered with a 2xx. */
  reason: string | null;
  /** Trying again would fail too. */
  permanent: boolean;
  /** The host did not answer, or says that it can not now; not: it answered that it does not want this. */
  targetFailed: boolean;
  /** Seconds (`Retry-After`). */
  retryAfter: number | null;
  headers: Record<string, string>;
  /** The beginning. */
  body: string;
  /** Milliseconds. */
  duration: number;
}

/** Bytes of an answer that are read and kept. */
export const ANSWER_BYTES = 16 * 1024;
const MAX_HEADERS = 64;
const HEADER_CHARACTERS = 512;
/** Answers that another attempt would not change. */
const GONE = 410;
const BUSY: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Sends one request and tells what came of it. A 2xx is a success (Portus took exactly 200), a redirect is a failure: it
 * is never followed. Throws only when `stop` is aborted: nobody knows then what became of it.
 */
export async function send(
  agent: Dispatcher,
  hook: HookRequest,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<HookAnswer> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
    const { url, method, headers, body } = hook;
    const answer = await request(url, { dispatcher: agent, method, headers, body, signal });
    const left = Math.max(1, timeoutMs - took());
    // Whether all of it arrives is of no importance: the status has said what there is to say.
    const read = await readCapped(answer.body, ANSWER_BYTES, left).catch(() => ({ bytes: Buffer.alloc(0) }));
    return { ...judge(answer.statusCode, answer.headers), body: textOf(read.bytes), duration: took() };
  } catch (error) {
    stop.throwIfAborted();
    return { ...failure(error), headers: {}, body: '', duration: took() };
  }
}

type Judged = Omit<HookAnswer, 'body' | 'duration'>;

function judge(status: number, raw: Record<string, string | string[] | undefined>): Judged {
  const headers = shortHeaders(raw);
  if (status >= 200 && status < 300) {
    return { status, reason: null, permanent: false, targetFailed: false, retryAfter: null, headers };
  }
  const redirected = status >= 300 && status < 400;
  const reason = redirected ? `answered ${status}: redirects are not followed` : `answered ${status}`;
  const targetFailed = status >= 500 || BUSY.has(status);
  return {
    status,
    reason,
    permanent: status === GONE,
    targetFailed,
    retryAfter: seconds(headers['retry-after']),
    headers,
  };
}

function failure(error: unknown): Omit<Judged, 'headers'> {
  const refused = error instanceof AddressRefusedError;
  return { status: 0, reason: describe(error), permanent: refused, targetFailed: !refused, retryAfter: null };
}

/** In words that do not depend on the library, and without the URL, which may hold secrets. */
function describe(error: unknown): string {
  if (error instanceof AddressRefusedError) return error.message;
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT') return 'did not answer in time';
  const errors = (error as AggregateError).errors as NodeJS.ErrnoException[] | undefined;
  return `could not be reached: ${code ?? errors?.[0]?.code ?? message}`.slice(0, 500);
}

function seconds(value: string | undefined): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

function shortHeaders(raw: Record<string, string | string[] | undefined>): Record<string, string> {
  const kept = Object.entries(raw).filter(([name]) => name !== 'set-cookie');
  return Object.fromEntries(
    kept.slice(0, MAX_HEADERS).map(([name, value]) => [clean(name), clean(String(value)).slice(0, HEADER_CHARACTERS)]),
  );
}

const textOf = (bytes: Buffer): string => clean(bytes.toString('utf8'));

/** PostgreSQL stores no NUL. */
const clean = (text: string): string => text.replaceAll('\0', '');
