import { createHash, randomBytes } from 'node:crypto';

/** Recognisable, for people and for secret scanners. */
const PREFIX = 'ptk_';
const RANDOM_BYTES = 32;
const FORM = /^ptk_[A-Za-z0-9_-]{43}$/;

/** A new application token: 256 random bits. Shown once, never stored. */
export function newApplicationToken(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
}

/** True when a secret has the form of an application token. */
export function isApplicationToken(secret: string): boolean {
  return FORM.test(secret);
}

/** What is stored of a token. Its randomness makes a fast hash enough, and the hash is found by an index. */
export function hashApplicationToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
