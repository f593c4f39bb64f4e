import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { SECURITY_HEADERS } from './security-headers.js';

interface Answer {
  line: string;
  code: string;
  message: string;
}

const ANSWERS: Record<string, Answer> = {
  HPE_HEADER_OVERFLOW: {
    line: '431 Request Header Fields Too Large',
    code: 'SIZE_INVALID',
    message: 'the URL or a header is too long',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    line: '408 Request Timeout',
    code: 'UNKNOWN',
    message: 'the request took too long to arrive',
  },
};
const MALFORMED: Answer = { line: '400 Bad Request', code: 'UNKNOWN', message: 'the request is not valid HTTP' };

/** Requests that Node could read, and that no handler gets. */
const REFUSALS = {
  crowded: {
    line: '429 Too Many Requests',
    code: 'TOOMANYREQUESTS',
    message: 'too many requests of this connection wait for their answers',
  },
  hostless: { line: '400 Bad Request', code: 'UNKNOWN', message: 'the request names no host' },
  demanding: {
    line: '417 Expectation Failed',
    code: 'UNSUPPORTED',
    message: 'nothing but 100-continue is expected here',
  },
} satisfies Record<string, Answer>;

/** Whose answer a connection waits for, as far as it matters here. */
interface Waiting {
  headersSent: boolean;
}

/**
 * Answers what is no HTTP request that could be routed, and closes its connection. Where answers to requests before it
 * are still due, or one has begun, it could only be taken for a part of those: then the connection is closed at once.
 */
export function answerClientError(error: Error & { code?: string }, socket: Duplex, waiting: readonly Waiting[]): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable || waiting.length > 1 || waiting.some((one) => one.headersSent)) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = answerOf(ANSWERS[error.code ?? ''] ?? MALFORMED);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${body.reason}\r\n${lines.join('')}\r\n${body.text}`);
}

/** Answers such a request, and closes its connection. */
export function refuse(response: ServerResponse, why: keyof typeof REFUSALS): void {
  const { status, headers, body } = answerOf(REFUSALS[why]);
  response.writeHead(status, headers).end(body.text);
}

/** Nobody knows here which protocol was meant, so the body has the registry's error shape and the API's in one object. */
function answerOf({ line, code, message }: Answer) {
  const status = Number.parseInt(line, 10);
  const text = JSON.stringify({ errors: [{ code, message, detail: null }], message, status });
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
    ...SECURITY_HEADERS,
  };
  return { status, headers, body: { reason: line.slice(4), text } };
}
