import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `condition` returns something other than false, null or undefined, and returns that. Errors count as
 * "not yet"; the last one is the cause of the error thrown after `timeoutMs` (default 10000).
 */
export async function until<T>(
  what: string,
  condition: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  options: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const end = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause });
    await delay(options.everyMs ?? 25);
  }
}
