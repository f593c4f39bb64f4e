import { AppError } from '#domain/errors/app-error.js';
import { ThrottledError } from '#identity/login-throttle.js';
import { HasherBusyError } from '#identity/password-hasher.js';

/** Runs a check of a password; one that was turned away becomes 429 with `Retry-After`. */
export async function orTooMany<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof ThrottledError) {
      throw new AppError('too_many_requests', error.message, { retryable: true, retryAfter: error.retryAfter });
    }
    if (error instanceof HasherBusyError) throw new AppError('too_many_requests', error.message, { retryable: true });
    throw error;
  }
}
