import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { readCapped } from '#registry/transport/limits.js';
import { ScanError } from '../scanner.js';

const CONNECT_MS = 5_000;
const ERROR_BYTES = 64 * 1024;
const MAX_COMPLAINT = 500;
/** Further attempts of what may be asked again, and milliseconds before the first of them. */
const REPEATS = 2;
const REPEAT_MS = 200;
/** Answers of what stands before a service, or of a service that is too busy. */
const BUSY: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const NOBODY_THERE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** One request to a scanner's service. */
export interface Question {
  method: 'GET' | 'POST';
  /** From the root of the service, with a leading slash. */
  path: string;
  query?: Record<string, string>;
  accept: string;
  body?: { type: string; value: unknown };
  /** Bytes that a good answer may have. */
  cap: number;
  /** Seconds for all of it. */
  timeout: number;
  signal: AbortSignal;
}

export interface ScannerAnswer {
  status: number;
  /** Media type with its parameters, in lower case; '' when none was told. */
  type: string;
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * What talks to a scanner that is a service. Answers are read up to a cap and within a time, redirects are answers like any
 * other, and what may be asked again is, when nobody answered properly. Throws {@link ScanError}: `away` where nobody is
 * there or the service is busy, `failed` for everything else; when the signal is aborted, its reason.
 */
export class ScannerHttp {
  private readonly agent = new Agent({ connect: { timeout: CONNECT_MS }, headersTimeout: 0, bodyTimeout: 0 });
  private readonly base: string;

  /** @param who names it for people; @param headers are asked for each request, and may hold secrets. */
  constructor(
    private readonly who: string,
    baseUrl: string,
    private readonly headers: () => Record<string, string>,
  ) {
    this.base = baseUrl.replace(/\/+$/, '');
  }

  async ask(question: Question): Promise<ScannerAnswer> {
    const repeats = question.method === 'GET' ? REPEATS : 0;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await this.askOnce(question);
        if (!BUSY.has(answer.status)) return answer;
        throw new ScanError('away', `${this.who} answers with ${answer.status}`);
      } catch (error) {
        question.signal.throwIfAborted();
        if (attempt >= repeats || (error instanceof ScanError && error.kind === 'refused')) throw error;
        await sleep(REPEAT_MS * 4 ** attempt, undefined, { signal: question.signal });
      }
    }
  }

  /** The JSON of an answer of one of these media types. */
  json(answer: ScannerAnswer, types: RegExp): unknown {
    if (!types.test(answer.type))
      throw new ScanError('failed', `${this.who} answers with "${shown(answer.type)}" where JSON is expected`);
    try {
      return JSON.parse(answer.body.toString('utf8'));
    } catch {
      throw new ScanError('failed', `${this.who} answers with broken JSON`);
    }
  }

  private async askOnce(question: Question): Promise<ScannerAnswer> {
    const deadline = AbortSignal.timeout(question.timeout * 1000);
    const signal = AbortSignal.any([question.signal, deadline]);
    try {
      return await this.exchange(question, signal);
    } catch (error) {
      question.signal.throwIfAborted();
      if (error instanceof ScanError) throw error;
      if (deadline.aborted)
        throw new ScanError('failed', `${this.who} did not answer within ${question.timeout} seconds`);
      throw this.unreachable(error);
    }
  }

  private async exchange(question: Question, signal: AbortSignal): Promise<ScannerAnswer> {
    const { method, path, query, accept, body, cap } = question;
    const url = `${this.base}${path}${query ? `?${new URLSearchParams(query)}` : ''}`;
    const answer = await request(url, {
      dispatcher: this.agent,
      method,
      headers: { accept, 'user-agent': 'portus', ...this.headers(), ...(body ? { 'content-type': body.type } : {}) },
      body: body ? JSON.stringify(body.value) : null,
      signal,
    });
    const good = answer.statusCode < 300;
    const headers = plain(answer.headers);
    if (good && Number(headers['content-length'] ?? 0) > cap) {
      answer.body.on('error', () => undefined).destroy();
      throw this.tooLong(cap);
    }
    const read = await readCapped(answer.body, good ? cap : ERROR_BYTES, question.timeout * 1000);
    if (good && !read.complete) throw this.tooLong(cap);
    return {
      status: answer.statusCode,
      type: (headers['content-type'] ?? '').toLowerCase(),
      headers,
      body: read.bytes,
    };
  }

  /** The same would come again. */
  private tooLong(cap: number): ScanError {
    return new ScanError('refused', `the answer of ${this.who} is longer than ${Math.round(cap / 1024 / 1024)} MiB`);
  }

  private unreachable(error: unknown): ScanError {
    const { code, errors, message } = error as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] };
    const reason = code ?? errors?.[0]?.code ?? message;
    if (NOBODY_THERE.has(reason))
      return new ScanError('away', `${this.who} can not be reached: ${reason}`, { cause: error });
    return new ScanError('failed', `${this.who} broke its answer off: ${shown(reason)}`, { cause: error });
  }
}

/** What a service says of its failure, bounded; from `message` or `error.message` of a JSON body. */
export function complaintOf(answer: ScannerAnswer): string {
  const said = `answers with ${answer.status}`;
  try {
    const body = JSON.parse(answer.body.toString('utf8')) as {
      message?: unknown;
      error?: { message?: unknown };
    } | null;
    const message = body?.message ?? body?.error?.message;
    return typeof message === 'string' && message !== '' ? `${said}: ${shown(message)}` : said;
  } catch {
    return said;
  }
}

/** One line of printable text, bounded: it comes from somebody else and is shown to people. */
export function shown(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, MAX_COMPLAINT);
}

function plain(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
