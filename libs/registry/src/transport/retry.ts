import { setTimeout as delay } from 'node:timers/promises';
import { RegistryError } from '../errors.js';

const BASE_MS = 200;
const LONGEST_BACKOFF_MS = 5_000;
/** A registry may ask for patience, not for the worker's whole afternoon. */
export const LONGEST_RETRY_AFTER_MS = 30_000;
/** A 500 is more often a bug than a passing state: one more try, not all of them. */
const RETRIES_AFTER_500 = 1;

export interface RetryOptions {
  /** Attempts after the first one. */
  maxRetries: number;
  signal?: AbortSignal;
  /** For tests. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** In [0, 1). For tests. */
  random?: () => number;
}

/**
 * Runs `attempt`, and again while it fails with a temporary RegistryError and attempts are left. Throws the last error;
 * when `signal` is aborted, its reason. Only for requests that may be repeated.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const sleep = options.sleep ?? wait;
  for (let retry = 0; ; retry += 1) {
    options.signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!mayRetry(error, retry, options.maxRetries)) throw error;
      await sleep(retryDelay(retry, error.retryAfterMs, options.random ?? Math.random), options.signal);
    }
  }
}

/** Whether an attempt that failed after `retries` retries is followed by another one. */
export function mayRetry(error: unknown, retries: number, maxRetries: number): error is RegistryError {
  if (!(error instanceof RegistryError) || !error.temporary) return false;
  return retries < (error.status === 500 ? Math.min(maxRetries, RETRIES_AFTER_500) : maxRetries);
}

/** Milliseconds to wait: exponential with full jitter, or what the registry asked for, bounded, whichever is longer. */
export function retryDelay(retry: number, retryAfterMs: number | null, random: () => number): number {
  const backoff = random() * Math.min(LONGEST_BACKOFF_MS, BASE_MS * 2 ** retry);
  return Math.round(Math.max(backoff, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS)));
}

async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
