import { isUnavailable } from './connection-errors.js';

/** The pause before the second attempt, and the longest one, milliseconds. */
const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/** How long somebody waits for a database that starts at the same time. */
export interface Patience {
  milliseconds: number;
  /** Is told of each attempt that failed, and of the pause until the next. */
  onFailure: (error: Error, pauseMs: number) => void;
}

/** The first failure is the last. */
export const NONE: Patience = { milliseconds: 0, onFailure: () => undefined };

/**
 * Does what needs the database, again and again with longer pauses while the database can not be reached. Throws the last
 * failure when the patience is over, and any other one at once: a wrong password does not become right by waiting.
 */
export async function whenReached<T>(attempt: () => Promise<T>, { milliseconds, onFailure }: Patience): Promise<T> {
  const end = performance.now() + milliseconds;
  for (let pause = FIRST_MS; ; pause = Math.min(pause * 2, LONGEST_MS)) {
    try {
      return await attempt();
    } catch (error) {
      const left = end - performance.now();
      if (!isUnavailable(error) || left <= 0) throw error;
      const wait = Math.min(pause, left);
      onFailure(error as Error, wait);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
