import { createHash } from 'node:crypto';
import { isDigest, isRepositoryName, isTagName } from '#domain/naming/repository-name.js';
import { RegistryError, type Diagnostic } from './errors.js';

/** The manifest kinds that we read; all four go into every `Accept`, or a registry converts or hides the others. */
export const MANIFEST_MEDIA_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;
export const MANIFEST_ACCEPT = MANIFEST_MEDIA_TYPES.join(', ');

/** An answer whose body was read to its end (error bodies: to their cap). */
export interface Answer {
  url: URL;
  method: string;
  status: number;
  /** Lower-case names; several values of one name are joined with ', '. */
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

/** `application/json; charset=utf-8` → `application/json`; '' without the header. */
export function mediaTypeOf(answer: Answer): string {
  return (answer.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
const MAX_DIAGNOSTICS = 20;
const MAX_MESSAGE = 500;

/**
 * Reads `{"errors":[{"code","message"}]}` (OCI distribution spec 1.1, "Error Codes"). Returns [] for everything else,
 * also for a body that is not declared as JSON: only a registry's own error body may prove that something is absent.
 */
export function parseErrorBody(answer: Answer): Diagnostic[] {
  if (mediaTypeOf(answer) !== 'application/json') return [];
  const parsed = parseJson(answer.body);
  const errors = isRecord(parsed) ? parsed.errors : null;
  if (!Array.isArray(errors)) return [];
  const diagnostics: Diagnostic[] = [];
  for (const entry of errors.slice(0, MAX_DIAGNOSTICS)) {
    if (!isRecord(entry) || typeof entry.code !== 'string' || !CODE.test(entry.code)) return [];
    diagnostics.push({ code: entry.code, message: printable(entry.message) });
  }
  return diagnostics;
}

/** The code that proves absence (a 404 with a registry's error body that names one of `codes`), else null. */
export function absenceCode<Code extends string>(answer: Answer, codes: readonly Code[]): Code | null {
  if (answer.status !== 404) return null;
  const code = parseErrorBody(answer)[0]?.code;
  return codes.find((known) => known === code) ?? null;
}

/** Statuses that a later attempt may not meet again. */
export function isTemporaryStatus(status: number): boolean {
  return status === 429 || status === 500 || status === 502 || status === 503 || status === 504;
}

/** The error that an answer stands for; used for every status that the caller did not expect. */
export function answerError(answer: Answer): RegistryError {
  const diagnostics = parseErrorBody(answer);
  const first = diagnostics[0];
  const what = first
    ? `${first.code}: ${first.message}`
    : `no registry error body (${mediaTypeOf(answer) || 'no type'})`;
  return new RegistryError(first?.code ?? 'HTTP_ERROR', {
    message: `the registry answered ${answer.method} with ${answer.status}, ${what}`,
    url: answer.url,
    status: answer.status,
    temporary: isTemporaryStatus(answer.status),
    diagnostics,
    retryAfterMs: parseRetryAfter(answer.headers.get('retry-after'), Date.now()),
  });
}

/** An answer with a good status and a content that can not be right. */
export function badAnswer(answer: Answer, message: string, code = 'BAD_ANSWER'): RegistryError {
  return new RegistryError(code, { message, url: answer.url, status: answer.status });
}

/** `Retry-After` in milliseconds from now (RFC 9110, 10.2.3: seconds or a date); null when absent or unreadable. */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  // Date.parse alone finds a date in almost everything.
  const at = value.trim().endsWith('GMT') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** `sha256:<hex>` of the raw bytes: the identity of a manifest or blob. */
export function sha256Digest(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/**
 * The URL of an endpoint below `/v2/`; each path element is encoded by itself.
 * A digest keeps its colon, as clients send it: a proxy may match paths as text.
 */
export function endpoint(base: URL, elements: string[], query: Record<string, string> = {}): URL {
  const path = elements.map((element) => encodeURIComponent(element).replaceAll('%3A', ':')).join('/');
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/v2/${path}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** The elements of a repository's path. Throws `NAME_INVALID` for a name that is not legal: it is never sent. */
export function repositoryPath(base: URL, repository: string): string[] {
  if (isRepositoryName(repository)) return repository.split('/');
  throw new RegistryError('NAME_INVALID', { message: 'not a legal repository name', url: base });
}

/** Throws `REFERENCE_INVALID` unless it is a tag or a sha256 digest. */
export function checkReference(base: URL, reference: string): void {
  if (isTagName(reference) || isSha256Digest(reference)) return;
  throw new RegistryError('REFERENCE_INVALID', { message: 'neither a tag nor a sha256 digest', url: base });
}

/** True for `sha256:` and 64 lower-case hex digits, the only digests that distribution makes. */
export function isSha256Digest(value: string): boolean {
  return value.startsWith('sha256:') && isDigest(value);
}

/** The parsed value, or undefined when the bytes are not JSON. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A registry's text for our logs: bounded, without control characters. */
function printable(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_MESSAGE).replaceAll(/\p{Cc}/gu, ' ') : '';
}
