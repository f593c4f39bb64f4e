import { setMaxListeners } from 'node:events';
import { Agent } from 'undici';
import { RegistryError } from '../errors.js';
import { answerError, isTemporaryStatus, type Answer } from '../wire.js';
import { BearerCache, type RegistryAccess, type TokenSource } from './bearer.js';
import { type ClockReading, readClock } from './clock.js';
import { exchange } from './exchange.js';
import { withRetries } from './retry.js';

/** Sends one request with further headers, for whoever wants to be there when it is sent and answered. */
export type Around = (
  call: { method: string; url: URL },
  send: (headers: Record<string, string>) => Promise<Answer>,
) => Promise<Answer>;

export interface TransportOptions {
  baseUrl: string;
  tokenFor: TokenSource;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  maxRetries: number;
  maxConnections: number;
  userAgent: string;
  onClock?: ((reading: ClockReading) => void) | undefined;
  around?: Around | undefined;
}

/** One request of the distribution API. */
export interface RegistryRequest {
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  url: URL;
  /** The rights that the request needs; null sends no token. */
  access: RegistryAccess[] | null;
  headers?: Record<string, string>;
  body?: Buffer;
  /** Bytes that a good answer may have. */
  cap: number;
  /** Whether the request may be sent again after a temporary failure. Default true. */
  repeatable?: boolean;
  signal?: AbortSignal;
}

/** Requests to one registry: connections, token, repetition. Knows statuses, but not what an answer means. */
export class Transport {
  /** Without a trailing slash, user or query. */
  readonly base: URL;
  private readonly agent: Agent;
  private readonly bearer: BearerCache;

  constructor(private readonly options: TransportOptions) {
    this.base = parseBaseUrl(options.baseUrl);
    this.bearer = new BearerCache(options.tokenFor);
    this.agent = new Agent({
      connections: options.maxConnections,
      connect: { timeout: options.connectTimeoutMs },
      headersTimeout: options.readTimeoutMs,
      bodyTimeout: options.readTimeoutMs,
    });
  }

  /**
   * Sends the request, repeats it while it fails temporarily, and once with a new token after a 401. Every other
   * status is returned for the caller to judge. Throws RegistryError; when `signal` is aborted, its reason.
   */
  async send(request: RegistryRequest): Promise<Answer> {
    // One signal may stop hundreds of reads; each listens to it only while it lasts.
    if (request.signal) setMaxListeners(0, request.signal);
    const maxRetries = (request.repeatable ?? true) ? this.options.maxRetries : 0;
    return withRetries(() => this.attempt(request), { maxRetries, signal: request.signal });
  }

  /** Waits for requests under way and closes the connections. Later requests throw `CLOSED`. */
  async close(): Promise<void> {
    if (!this.agent.closed) await this.agent.close();
  }

  private async attempt(request: RegistryRequest): Promise<Answer> {
    let answer = await this.exchange(request);
    if (answer.status === 401 && answer.refused !== null) {
      // The key may have been rotated or the clock set since the token was signed: once afresh.
      await this.bearer.refuse(request.access ?? [], answer.refused);
      answer = await this.exchange(request);
    }
    if (isTemporaryStatus(answer.status)) throw answerError(answer);
    return answer;
  }

  /** `refused` is the token that was sent, null when there was none. */
  private async exchange(request: RegistryRequest): Promise<Answer & { refused: string | null }> {
    const token = await this.tokenFor(request);
    request.signal?.throwIfAborted();
    const headers = {
      ...request.headers,
      'user-agent': this.options.userAgent,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
    const sentAt = Date.now();
    const { around = alone, readTimeoutMs } = this.options;
    const answer = await around(request, (more) =>
      exchange(this.agent, { ...request, headers: { ...headers, ...more } }, readTimeoutMs),
    );
    // Elsewhere another clock answers.
    const clock =
      request.url.origin === this.base.origin ? readClock(answer.headers.get('date'), sentAt, Date.now()) : null;
    if (clock) this.options.onClock?.(clock);
    return { ...answer, refused: token };
  }

  private async tokenFor(request: RegistryRequest): Promise<string | null> {
    // The only place that attaches a token, and it knows one origin: a redirect can not carry it elsewhere.
    if (request.access === null || request.url.origin !== this.base.origin) return null;
    return unlessAborted(this.bearer.get(request.access, request.url), request.signal);
  }
}

const alone: Around = (_call, send) => send({});

/** Stops waiting when the signal is aborted; the token is still made for whoever else waits for it. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
    // Nobody may be waiting for it any more.
    promise.catch(() => undefined);
  }
}

function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!url || !plain || !/^https?:$/.test(url.protocol)) {
    const message = 'a registry is configured by an http or https URL without user, query or fragment';
    throw new RegistryError('BAD_BASE_URL', { message, url: text });
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}
