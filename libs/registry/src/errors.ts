/** One entry of a registry's error body (OCI distribution spec 1.1, "Error Codes"). */
export interface Diagnostic {
  code: string;
  message: string;
}

export interface RegistryErrorFacts {
  message: string;
  url: URL | string;
  status?: number | null;
  temporary?: boolean;
  diagnostics?: Diagnostic[];
  retryAfterMs?: number | null;
  cause?: unknown;
}

/**
 * A registry could not be read or changed. `code` is the first code of the registry's own error body (`DENIED`,
 * `MANIFEST_BLOB_UNKNOWN`, …) or one of ours:
 *
 * - before a request: `BAD_BASE_URL`, `NAME_INVALID`, `REFERENCE_INVALID`, `TOKEN_UNAVAILABLE`, `CLOSED`
 * - no answer: `UNREACHABLE`, `TIMEOUT`, `CONNECTION_LOST`, `TLS_FAILED`
 * - an answer that must not be believed: `NOT_A_REGISTRY`, `BAD_ANSWER`, `BAD_LISTING`, `DIGEST_MISMATCH`,
 *   `UNSUPPORTED_MEDIA_TYPE`, `TOO_LARGE`
 * - an error status without a registry's error body: `HTTP_ERROR`
 */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  /** HTTP status; null when there was no answer or when it does not matter. */
  readonly status: number | null;
  /** Whether the same request may succeed later. */
  readonly temporary: boolean;
  /** Without credentials and without unknown query values. */
  readonly url: string;
  readonly diagnostics: Diagnostic[];
  /** What `Retry-After` asked for, in milliseconds; null when it was absent or unreadable. */
  readonly retryAfterMs: number | null;

  constructor(
    readonly code: string,
    facts: RegistryErrorFacts,
  ) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.status = facts.status ?? null;
    this.temporary = facts.temporary ?? false;
    this.url = redactUrl(facts.url);
    this.diagnostics = facts.diagnostics ?? [];
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }
}

const SHOWN_PARAMETERS = new Set(['n', 'last']);

/** The URL for people: no user, no password, no fragment; only paging parameters keep their values. */
export function redactUrl(url: URL | string): string {
  let copy: URL;
  try {
    copy = new URL(url);
  } catch {
    return '(not a URL)';
  }
  copy.username = '';
  copy.password = '';
  copy.hash = '';
  // A signed object-storage URL carries its credential in the query.
  const names = new Set(copy.searchParams.keys());
  for (const name of names) if (!SHOWN_PARAMETERS.has(name)) copy.searchParams.set(name, 'REDACTED');
  return copy.href;
}
