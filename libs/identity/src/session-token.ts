import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const SESSION_COOKIE = 'portus_session';
const COOKIE = /(?:^|;\s*)portus_session=(pts_[A-Za-z0-9_-]{43})(?=;|$)/;

/** What the cookie of a new session holds: 256 random bits. */
export function newSessionToken(): string {
  return `pts_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of it, and found by an index. */
export function hashSessionToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The session token in a `Cookie` header; null when there is none, or one of another form. */
export function sessionTokenOf(header: string | undefined): string | null {
  return COOKIE.exec((header ?? '').slice(0, 8_192))?.[1] ?? null;
}

/**
 * What a page has to send back with everything that changes something (`X-CSRF-Token`): another site can make the browser
 * send the cookie, and can neither read it nor this. Made of the token, so nothing more is stored.
 */
export function csrfTokenOf(token: string): string {
  return createHmac('sha256', token).update('portus csrf').digest('base64url');
}

export function isCsrfTokenOf(token: string, shown: unknown): boolean {
  const expected = Buffer.from(csrfTokenOf(token));
  const given = Buffer.from(typeof shown === 'string' ? shown : '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
