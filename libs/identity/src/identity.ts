import type { Actor } from '#domain/policy/facts.js';
import type { ApplicationTokensRepository } from '#persistence/application-tokens.repository.js';
import type { UsersRepository } from '#persistence/users.repository.js';
import { hashApplicationToken, isApplicationToken } from './application-token.js';
import type { Credentials } from './basic-auth.js';
import type { PasswordHasher } from './password-hasher.js';
import type { VerifiedCredentials } from './verified-credentials.js';

/** What is needed of a user to check a password. */
export interface PasswordHolder {
  id: number;
  passwordHash: string | null;
  credentialVersion: number;
}

/** Tells who somebody is; says nothing about what they may do. */
export class Identity {
  constructor(
    private readonly users: UsersRepository,
    private readonly tokens: ApplicationTokensRepository,
    private readonly hasher: PasswordHasher,
    private readonly verified: VerifiedCredentials,
  ) {}

  /** Whether the password is the user's; takes as long for nobody (null) as for somebody. Throws HasherBusyError. */
  async isPasswordOf(user: PasswordHolder | null, password: string): Promise<boolean> {
    if (user === null) return this.hasher.verify(null, password);
    if (this.verified.has(user.id, user.credentialVersion, password)) return true;
    const matches = await this.hasher.verify(user.passwordHash, password);
    if (matches) this.verified.remember(user.id, user.credentialVersion, password);
    return matches;
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
    allowPassword: boolean,
  ): Promise<Extract<Actor, { kind: 'user' }> | null> {
    const { username, password } = credentials;
    if (isApplicationToken(password)) {
      const owner = await this.tokens.userOf(hashApplicationToken(password));
      const theirs = owner !== null && owner.username.toLowerCase() === username.toLowerCase();
      return theirs ? actorOf(owner) : null;
    }
    if (!allowPassword) return null;
    const user = await this.users.findByName(username);
    return (await this.isPasswordOf(user, password)) && user ? actorOf(user) : null;
  }
}

function actorOf(user: {
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
