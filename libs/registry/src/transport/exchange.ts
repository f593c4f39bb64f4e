import { request, type Dispatcher } from 'undici';
import { RegistryError } from '../errors.js';
import type { Answer } from '../wire.js';
import { BODY_CAPS, BodyDeadlineError, readCapped } from './limits.js';

/** One HTTP request, complete with its headers. */
export interface WireRequest {
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  url: URL;
  headers: Record<string, string>;
  body?: Buffer;
  /** Bytes that a good answer may have; error answers are cut at their own cap. */
  cap: number;
  signal?: AbortSignal;
}

/**
 * Sends one request and reads its answer, whatever its status; redirects are answers too. Throws a RegistryError when
 * there is no answer, or `TOO_LARGE`; when `signal` is aborted, its reason.
 */
export async function exchange(agent: Dispatcher, wire: WireRequest, bodyDeadlineMs: number): Promise<Answer> {
  try {
    const response = await request(wire.url, {
      dispatcher: agent,
      method: wire.method,
      headers: wire.headers,
      body: wire.body ?? null,
      signal: wire.signal ?? null,
    });
    const good = response.statusCode < 300;
    const cap = good ? wire.cap : BODY_CAPS.error;
    const headers = joinHeaders(response.headers);
    if (good && wire.method !== 'HEAD' && announcedLength(headers) > cap) {
      response.body.on('error', () => undefined).destroy();
      throw tooLarge(wire, cap);
    }
    const { bytes, complete } = await readCapped(response.body, cap, bodyDeadlineMs);
    if (good && !complete) throw tooLarge(wire, cap);
    return { url: wire.url, method: wire.method, status: response.statusCode, headers, body: bytes };
  } catch (error) {
    wire.signal?.throwIfAborted();
    throw error instanceof RegistryError ? error : transportError(error, wire.url);
  }
}

function joinHeaders(headers: Record<string, string | string[] | undefined>): Map<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined.set(name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value);
  }
  return joined;
}

function announcedLength(headers: Map<string, string>): number {
  const value = headers.get('content-length') ?? '';
  return /^\d+$/.test(value) ? Number(value) : 0;
}

function tooLarge(wire: WireRequest, cap: number): RegistryError {
  return new RegistryError('TOO_LARGE', { message: `the answer is larger than ${cap} bytes`, url: wire.url });
}

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'ENETDOWN',
]);
const LOST = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_ABORTED',
]);
const CLOSED = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

/** Sorts what undici and the operating system throw into our codes; see RegistryError. */
export function transportError(error: unknown, url: URL): RegistryError {
  const { code, temporary } = classify(error);
  const detail = errorCode(error) ?? (error instanceof Error ? error.name : 'unknown');
  return new RegistryError(code, {
    message: `no usable answer from the registry: ${detail}`,
    url,
    temporary,
    cause: error,
  });
}

function classify(error: unknown): { code: string; temporary: boolean } {
  if (error instanceof BodyDeadlineError) return { code: 'TIMEOUT', temporary: true };
  const code = errorCode(error) ?? '';
  if (TIMEOUTS.has(code)) return { code: 'TIMEOUT', temporary: true };
  if (UNREACHABLE.has(code)) return { code: 'UNREACHABLE', temporary: true };
  if (LOST.has(code)) return { code: 'CONNECTION_LOST', temporary: true };
  if (CLOSED.has(code)) return { code: 'CLOSED', temporary: false };
  if (TLS.test(code)) return { code: 'TLS_FAILED', temporary: false };
  return { code: 'BAD_ANSWER', temporary: false };
}

/** The code of an error, or of the first one inside an AggregateError (one per address that was tried). */
function errorCode(error: unknown): string | null {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}
