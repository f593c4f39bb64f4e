import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import * as argon2 from '@node-rs/argon2';
import { isBcrypt, verifyBcrypt } from './bcrypt-hash.js';
import { FairTurns, NoTurnError } from './fair-turns.js';

/** argon2id with 19 MiB and two passes (OWASP Password Storage Cheat Sheet, first recommendation of equals). */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Hashes that may run at once: a storm of wrong passwords must leave a processor to the event loop, and one of the four
 * threads of Node's pool to everything else that needs one.
 */
const CONCURRENCY = Math.min(3, Math.max(1, availableParallelism() - 1));
/** Callers that may wait for their turn. */
const MAX_WAITING = 200;

/** Too many passwords are being checked; the caller may try again in a moment. */
export class HasherBusyError extends Error {
  override readonly name = 'HasherBusyError';
}

/** Hashes and verifies passwords, a bounded number at a time, fair by where they come from. */
export class PasswordHasher {
  private readonly turns = new FairTurns({ atOnce: CONCURRENCY, waiting: MAX_WAITING });
  /** What a password is checked against that belongs to nobody: as much work as any, and never right. */
  private readonly nobody = hashOfNothing();

  /** @param work what hashes; for who looks at how much work it is given */
  constructor(private readonly work: Pick<typeof argon2, 'hash' | 'verify'> = argon2) {}

  /** Hashes under way, and callers that wait for their turn. */
  get load(): { running: number; waiting: number } {
    return this.turns.load;
  }

  /**
   * The argon2id hash of a password, in PHC form. Throws HasherBusyError.
   * @param source where the password comes from; '' for our own
   */
  async hash(password: string, source = ''): Promise<string> {
    return this.inTurn(source, () => this.work.hash(password, OPTIONS));
  }

  /**
   * Whether the password belongs to the stored hash, argon2 or an imported bcrypt. Without one (unknown user, no
   * password) it takes the time of argon2id and answers false, so that time does not tell which users exist. A bcrypt
   * hash takes its own time, until its user's next login replaces it. Throws HasherBusyError.
   */
  async verify(stored: string | null, password: string, source = ''): Promise<boolean> {
    const against = stored ?? this.nobody;
    const check = isBcrypt(against) ? verifyBcrypt : this.work.verify;
    const matches = await this.inTurn(source, () => check(against, password).catch(() => false));
    return stored !== null && matches;
  }

  private async inTurn<T>(source: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.turns.take(source, work);
    } catch (error) {
      if (error instanceof NoTurnError) throw new HasherBusyError('too many passwords are being checked');
      throw error;
    }
  }
}

/** In the form of a hash with our own cost, made of random bytes: there is no password to it. */
function hashOfNothing(): string {
  const { memoryCost, timeCost, parallelism } = OPTIONS;
  const text = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${text(16)}$${text(32)}`;
}
