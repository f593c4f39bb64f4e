import { randomBytes } from 'node:crypto';
import type { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { ThrottledError } from './login-throttle.js';

const WINDOW_SECONDS = 3_600;

/** What everybody may do without having signed in, and how often an hour one key may. No user name has a colon. */
const LIMITS = {
  ':sign-up': 20,
  ':password-reset': 20,
  ':password-reset-mail': 3,
} as const;
export type OpenDoor = keyof typeof LIMITS;

/** Slows down what is open to everybody. Counted as wrong passwords are: in rows that every replica sees. */
export class OpenDoors {
  constructor(private readonly failures: LoginFailuresRepository) {}

  /**
   * Counts one passage. Throws ThrottledError when there were too many.
   *
   * @param key an address of the network, or whatever else the limit is for
   */
  async pass(door: OpenDoor, key: string): Promise<void> {
    const limit = LIMITS[door];
    // Written before it is counted: of many at once none is overlooked.
    await this.failures.record(door, key, randomBytes(16));
    const { pair, oldestPairAge } = await this.failures.count(door, key, WINDOW_SECONDS, limit + 1);
    if (pair > limit) throw new ThrottledError(Math.max(1, Math.ceil(WINDOW_SECONDS - oldestPairAge)));
  }
}
