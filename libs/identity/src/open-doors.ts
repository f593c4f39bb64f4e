import type { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { networkOf } from './network-of.js';
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
   * @param key an address, which counts as its network, or whatever else the limit is for
   */
  async pass(door: OpenDoor, key: string): Promise<void> {
    const { passed, oldestAge } = await this.failures.pass(door, networkOf(key), WINDOW_SECONDS, LIMITS[door]);
    if (!passed) throw new ThrottledError(Math.max(1, Math.ceil(WINDOW_SECONDS - oldestAge)));
  }
}
