import type { Actor } from '#domain/policy/facts.js';
import type { ApplicationTokensRepository } from '#persistence/application-tokens.repository.js';
import type { UsersRepository } from '#persistence/users.repository.js';
import { hashApplicationToken, isApplicationToken } from './application-token.js';
import type { Credentials } from './basic-auth.js';
import { isBcrypt, isBeyondBcrypt } from './bcrypt-hash.js';
import type { LoginThrottle } from './login-throttle.js';
import { networkOf } from './network-of.js';
import type { PasswordHasher } from './password-hasher.js';
import type { TokenUses } from './token-uses.js';
import type { VerifiedCredentials } from './verified-credentials.js';

/** What is needed of a user to check a password. */
export interface PasswordHolder {
  id: number;
  passwordHash: string | null;
  credentialVersion: number;
  /** A bot has no password, whatever is stored: it signs in with tokens only. */
  bot: boolean;
}

/** Tells who somebody is; says nothing about what they may do. */
export class Identity {
  constructor(
    private readonly users: UsersRepository,
    private readonly tokens: ApplicationTokensRepository,
    private readonly hasher: PasswordHasher,
    private readonly verified: VerifiedCredentials,
    private readonly throttle: LoginThrottle,
    private readonly uses: TokenUses,
  ) {}

  /**
   * Whether the password is the user's; takes as long for nobody (null), for bots, and for users without a password as
   * for somebody. A password that was verified a short while ago costs no hash, and stays warm by being used:
   * `user` must be what the database says now. Throws HasherBusyError and ThrottledError.
   *
   * @param doubted whether the database knows of wrong passwords for this name from there; true where it was not asked
   */
  async isPasswordOf(
    user: PasswordHolder | null,
    { username, password }: Credentials,
    address: string,
    doubted = true,
  ): Promise<boolean> {
    const source = networkOf(address);
    const attempt = { username, password, address: source };
    if (user && !user.bot && this.verified.renew(user.id, user.credentialVersion, password)) {
      await this.throttle.pass(attempt, doubted);
      return true;
    }
    return this.throttle.guard(attempt, async () => {
      const stored = user === null || user.bot ? null : user.passwordHash;
      if (!(await this.hasher.verify(stored, password, source)) || user === null || stored === null) return false;
      if (isBcrypt(stored)) await this.upgrade(user.id, stored, password, source);
      this.verified.remember(user.id, user.credentialVersion, password);
      return true;
    });
  }

  /**
   * Replaces an imported hash by argon2id, if it is still the stored one. The password stays the same, so the credential
   * version does too. Where it fails the next login tries again. Of a longer password than bcrypt looks at nobody knows
   * whether its end is right: it must not become the password, so the hash stays.
   */
  private async upgrade(userId: number, stored: string, password: string, source: string): Promise<void> {
    if (isBeyondBcrypt(password)) return;
    const upgraded = this.hasher.hash(password, source).then((hash) => this.users.replaceHash(userId, stored, hash));
    await upgraded.catch(() => undefined);
  }

  /**
   * Whether this password was verified for the user, at this credential version, a short while ago: all that can be
   * said while the database is away. Throws ThrottledError, by what this process has seen alone.
   */
  isWarm(user: PasswordHolder | null, { username, password }: Credentials, address: string): boolean {
    const warm = user !== null && !user.bot && this.verified.has(user.id, user.credentialVersion, password);
    this.throttle.passAlone({ username, password, address: networkOf(address) }, warm);
    return warm;
  }

  /** Remembers that an application token was shown; it is written down later, nobody waits for it. */
  noteUse(tokenId: number, address: string): void {
    this.uses.note(tokenId, address);
  }

  /** Writes down the uses that were noted. Never throws. */
  async flushUses(): Promise<void> {
    await this.uses.flush();
  }

  /** Whether a stored hash is of this password; for our own use, not for people who try. */
  async matches(passwordHash: string | null, password: string): Promise<boolean> {
    return this.hasher.verify(passwordHash, password);
  }

  async hashPassword(password: string): Promise<string> {
    return this.hasher.hash(password);
  }

  /**
   * The user behind a name with a password or an application token; null when they do not fit. Disabled and locked
   * users come back as such: what follows from it is the policy's to decide.
   */
  async authenticate(
    credentials: Credentials,
    address: string,
    allowPassword: boolean,
  ): Promise<Extract<Actor, { kind: 'user' }> | null> {
    const { username, password } = credentials;
    if (isApplicationToken(password)) {
      const owner = await this.tokens.ownerOf(hashApplicationToken(password));
      if (owner === null || owner.user.username.toLowerCase() !== username.toLowerCase()) return null;
      this.noteUse(owner.tokenId, address);
      return { ...actorOf(owner.user), token: owner.limits };
    }
    if (!allowPassword) return null;
    const user = await this.users.findByName(username);
    return (await this.isPasswordOf(user, credentials, address)) && user ? actorOf(user) : null;
  }
}

/** A user as the policy knows it. */
export function actorOf(user: {
  id: number;
  username: string;
  admin: boolean;
  enabled: boolean;
  lockedAt: Date | null;
  bot: boolean;
}): Extract<Actor, { kind: 'user' }> {
  return {
    kind: 'user',
    userId: user.id,
    username: user.username,
    admin: user.admin,
    disabled: !user.enabled,
    locked: user.lockedAt !== null,
    bot: user.bot,
  };
}
