import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const COOKIE = /(?:^|;\s*)portus_session=(pts_[A-Za-z0-9_-]{43})(?=;|$)/;
/** Browsers take such a cookie from this very host over TLS only: no other host of the domain can plant one. */
const HOST_COOKIE = /(?:^|;\s*)__Host-portus_session=(pts_[A-Za-z0-9_-]{43})(?=;|$)/;

/** The name of the cookie. @param secure whether the browser speaks TLS */
export function sessionCookie(secure: boolean): string {
  return secure ? '__Host-portus_session' : 'portus_session';
}

/** What the cookie of a new session holds: 256 random bits. */
export function newSessionToken(): string {
  return `pts_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of it, and found by an index. */
export function hashSessionToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * The session token in a `Cookie` header; null when there is none, or one of another form.
 * @param secure whether the browser speaks TLS: then only the cookie of such a sign-in counts
 */
export function sessionTokenOf(header: string | undefined, secure: boolean): string | null {
  return (secure ? HOST_COOKIE : COOKIE).exec((header ?? '').slice(0, 8_192))?.[1] ?? null;
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
