import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { isBcrypt, verifyBcrypt } from './bcrypt-hash.js';

/** argon2id with 19 MiB and two passes (OWASP Password Storage Cheat Sheet, first recommendation of equals). */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Hashes that may run at once: a storm of wrong passwords must leave a processor to the event loop, and one of the four
 * threads of Node's pool to everything else that needs one.
 */
const CONCURRENCY = Math.min(3, Math.max(1, availableParallelism() - 1));
/** Callers that may wait for their turn; beyond, they are turned away at once. */
const MAX_WAITING = 200;

/** Too many passwords are being checked; the caller may try again in a moment. */
export class HasherBusyError extends Error {
  override readonly name = 'HasherBusyError';
}

/** Hashes and verifies passwords, a bounded number at a time. */
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private dummy: Promise<string> | null = null;

  /** Hashes under way, and callers that wait for their turn. */
  get load(): { running: number; waiting: number } {
    return { running: this.running, waiting: this.waiting.length };
  }

  /** The argon2id hash of a password, in PHC form. */
  async hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, OPTIONS));
  }

  /**
   * Whether the password belongs to the stored hash, argon2 or an imported bcrypt. Without one (unknown user, no
   * password) it takes the time of argon2id and answers false, so that time does not tell which users exist. A bcrypt
   * hash takes its own time, until its user's next login replaces it.
   */
  async verify(stored: string | null, password: string): Promise<boolean> {
    this.dummy ??= hash('a password that nobody has', OPTIONS);
    const against = stored ?? (await this.dummy);
    const check = isBcrypt(against) ? verifyBcrypt : verify;
    const matches = await this.inTurn(() => check(against, password).catch(() => false));
    return stored !== null && matches;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= CONCURRENCY) {
      if (this.waiting.length >= MAX_WAITING) throw new HasherBusyError('too many passwords are being checked');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.running++;
    try {
      return await work();
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }
}
