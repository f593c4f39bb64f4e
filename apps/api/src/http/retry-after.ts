import { AppError } from '#domain/errors/app-error.js';

const DEFAULT_SECONDS = 2;

/** Seconds for `Retry-After` of an answer 429 or 503. */
export function retryAfterOf(error: unknown): number {
  return (error instanceof AppError ? error.retryAfter : null) ?? DEFAULT_SECONDS;
}
