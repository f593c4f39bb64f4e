/** What the api refused, or that it could not be reached (status 0). `requestId` leads to its lines in the log. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly requestId: string | null,
    readonly retryAfter: number | null,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** The error of an answer: `{"message"}` may hold a text, or messages by field as Portus gave them. */
export function apiError(response: Response, body: unknown): ApiError {
  const seconds = Number(response.headers.get('retry-after'));
  return new ApiError(
    response.status,
    messageOf(body) ?? response.statusText,
    response.headers.get('x-request-id'),
    Number.isFinite(seconds) && seconds > 0 ? seconds : null,
  );
}

function messageOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { message, detail } = body as { message?: unknown; detail?: unknown };
  if (typeof message === 'string') return message;
  if (typeof message === 'object' && message !== null) {
    return Object.entries(message)
      .map(([field, texts]) => `${field}: ${Array.isArray(texts) ? texts.join(', ') : String(texts)}`)
      .join('; ');
  }
  return typeof detail === 'string' ? detail : null;
}
