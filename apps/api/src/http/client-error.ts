import type { Socket } from 'node:net';

interface ClientError extends Error {
  code?: string;
}

const ANSWERS: Record<string, { line: string; code: string; message: string }> = {
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
const MALFORMED = { line: '400 Bad Request', code: 'UNKNOWN', message: 'the request is not valid HTTP' };

/**
 * Answers what is no HTTP request that could be routed. Nobody knows then which protocol was meant, so the answer has
 * the registry's error shape and the API's in one object.
 */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { line, code, message } = ANSWERS[error.code ?? ''] ?? MALFORMED;
  const body = JSON.stringify({
    errors: [{ code, message, detail: null }],
    message,
    status: Number.parseInt(line, 10),
  });
  const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
  if (socket.writable) socket.end(`HTTP/1.1 ${line}\r\n${headers}\r\n\r\n${body}`);
  else socket.destroy();
}
