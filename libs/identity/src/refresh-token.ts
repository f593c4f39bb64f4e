import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'ptr_';
const FORM = /^ptr_[A-Za-z0-9_-]{43}$/;

/** A new refresh token: 256 random bits. */
export function newRefreshToken(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/** True when a text has the form of a refresh token. */
export function isRefreshToken(text: string): boolean {
  return FORM.test(text);
}

/** What is stored of it, and found by an index. */
export function hashRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
