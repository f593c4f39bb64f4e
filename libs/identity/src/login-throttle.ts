import { createHmac, hkdfSync } from 'node:crypto';
import {
  FAILURES_COUNT_SECONDS,
  type FailureCounts,
  type LoginFailuresRepository,
} from '#persistence/login-failures.repository.js';
import { AttemptsInFlight } from './attempts-in-flight.js';
import { RecentDoubts } from './recent-doubts.js';

/** Wrong passwords of one user from one address that are let pass, and within which time. */
const PAIR_LIMIT = 10;
const PAIR_WINDOW_SECONDS = FAILURES_COUNT_SECONDS;
/** Wrong passwords per minute from one address; beyond, wrong ones are answered "too many" instead of "wrong". */
const ADDRESS_LIMIT = 300;
const ADDRESS_RETRY_SECONDS = 60;
const MAX_NAME_LENGTH = 255;
/** Attempts of one address that may be judged at once, so that it can not fill the queue of the hasher. */
const ADDRESS_AT_ONCE = 32;
/** Attempts that are only too many at once are soon judged, seconds. */
const AT_ONCE_RETRY_SECONDS = 1;

/** Too many wrong passwords; the same may be tried again after `retryAfter` seconds. */
export class ThrottledError extends Error {
  override readonly name = 'ThrottledError';

  constructor(readonly retryAfter: number) {
    super('too many wrong passwords; try again later');
  }
}

export interface Attempt {
  username: string;
  password: string;
  /** Where it comes from: an address, or a network that counts as one. */
  address: string;
}

interface EnteredAttempt {
  username: string;
  address: string;
  hash: Buffer;
  /** Other passwords of the pair that were being judged already. */
  others: number;
  /** Attempts of the address that were being judged already. */
  ofAddress: number;
}

/**
 * Slows guessing down. Counts per pair of user and address, so that nobody can lock somebody else out by guessing, and
 * per address. The counts are rows: every replica sees them, and right passwords write nothing. Attempts that are not
 * judged yet are counted in memory, as if they were wrong.
 */
export class LoginThrottle {
  private readonly key: Buffer;
  private readonly inFlight = new AttemptsInFlight();
  private readonly doubts = new RecentDoubts(PAIR_WINDOW_SECONDS * 1_000);

  constructor(
    private readonly failures: LoginFailuresRepository,
    secretKeyBase: string,
  ) {
    this.key = Buffer.from(hkdfSync('sha256', secretKeyBase, '', 'portus login attempts', 32));
  }

  /**
   * Lets `verify` judge a password, unless the pair has failed too often. Throws ThrottledError. Verification is
   * expensive, so a pair that is locked does not reach it, not even with the right password.
   */
  async guard(attempt: Attempt, verify: () => Promise<boolean>): Promise<boolean> {
    const username = cut(attempt.username);
    this.doubts.note(username, attempt.address);
    const matches = await this.entering(attempt, (entered) => this.judge(entered, verify));
    if (matches) this.doubts.forget(username, attempt.address);
    return matches;
  }

  /**
   * Lets a password pass that is known to be right: at once, unless its pair is in doubt; then it must not have failed
   * too often. Throws ThrottledError. The failures stay: they may be those of somebody else at the same address.
   *
   * @param doubted whether the pair may have failed elsewhere, in another replica
   */
  async pass(attempt: Attempt, doubted = true): Promise<void> {
    if (!doubted && this.doubts.count(cut(attempt.username), attempt.address) === 0) return;
    await this.entering(attempt, (entered) => this.requireOpen(entered));
  }

  /**
   * As {@link pass}, while nobody can be asked how often a pair has failed: by what this process has seen itself.
   *
   * @param known whether the password is known to be right
   */
  passAlone({ username, address }: Attempt, known: boolean): void {
    const name = cut(username);
    if (this.doubts.count(name, address) >= PAIR_LIMIT) throw new ThrottledError(PAIR_WINDOW_SECONDS);
    if (!known) this.doubts.note(name, address);
  }

  private async entering<T>(attempt: Attempt, work: (entered: EnteredAttempt) => Promise<T>): Promise<T> {
    const username = cut(attempt.username);
    const hash = createHmac('sha256', this.key).update(`${username}\0${attempt.password}`).digest();
    const entered = this.inFlight.enter(username, attempt.address, hash);
    try {
      const { ofPair: others, ofAddress } = entered;
      return await work({ username, address: attempt.address, hash, others, ofAddress });
    } finally {
      entered.leave();
    }
  }

  private async requireOpen({ username, address, others }: EnteredAttempt): Promise<FailureCounts> {
    const counts = await this.failures.count(username, address, PAIR_WINDOW_SECONDS, PAIR_LIMIT);
    if (counts.pair >= PAIR_LIMIT) {
      throw new ThrottledError(Math.max(1, Math.ceil(PAIR_WINDOW_SECONDS - counts.oldestPairAge)));
    }
    if (counts.pair + others >= PAIR_LIMIT) throw new ThrottledError(AT_ONCE_RETRY_SECONDS);
    return counts;
  }

  private async judge(entered: EnteredAttempt, verify: () => Promise<boolean>): Promise<boolean> {
    const { username, address, hash } = entered;
    if (entered.ofAddress >= ADDRESS_AT_ONCE) throw new ThrottledError(AT_ONCE_RETRY_SECONDS);
    const counts = await this.requireOpen(entered);
    if (await verify()) {
      if (counts.pair > 0) await this.failures.forget(username, address);
      return true;
    }
    await this.failures.record(username, address, hash);
    if (counts.address >= ADDRESS_LIMIT) throw new ThrottledError(ADDRESS_RETRY_SECONDS);
    return false;
  }
}

const cut = (username: string): string => username.slice(0, MAX_NAME_LENGTH);
