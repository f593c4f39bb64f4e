/** However often it failed, it is tried again after this time at the latest, seconds. */
const LONGEST_S = 3_600;

/**
 * Seconds until a delivery is tried again: the pause doubles with each attempt, and its second half is left to chance,
 * so that deliveries that failed together do not come back together.
 *
 * @param attempts that were made, 1 or more
 * @param pause before the second attempt, seconds
 * @param random from 0 to 1
 * @param asked what the receiver asked for (`Retry-After`), seconds; heeded up to an hour
 */
export function nextAttempt(attempts: number, pause: number, random: number, asked: number | null = null): number {
  const most = Math.min(LONGEST_S, pause * 2 ** Math.min(attempts - 1, 30));
  const own = most / 2 + (most / 2) * random;
  return Math.max(own, Math.min(asked ?? 0, LONGEST_S));
}

/** Failures in a row after which a target is left alone. */
export const CIRCUIT_FAILURES = 5;

/** Seconds for which a target is left alone: longer with each failure of the one request that tries it again. */
export function circuitPause(failures: number, pause: number): number {
  const beyond = Math.max(0, failures - CIRCUIT_FAILURES);
  return Math.min(LONGEST_S / 4, pause * 2 ** Math.min(beyond, 20));
}
