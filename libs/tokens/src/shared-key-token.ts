import { createHmac } from 'node:crypto';

/** Seconds; the clocks of both sides may differ by as much. */
const LEEWAY = 30;

export interface SharedKeyClaims {
  issuer: string;
  /** Seconds. */
  lifetime: number;
  /** Milliseconds since the epoch. */
  now: number;
}

/** A JWT signed with a key that both sides have (HS256; RFC 7515, 7519): it says who asks, and nothing else. */
export function sharedKeyToken(key: Buffer, { issuer, lifetime, now }: SharedKeyClaims): string {
  const seconds = Math.floor(now / 1000);
  const payload = { iss: issuer, iat: seconds, nbf: seconds - LEEWAY, exp: seconds + lifetime };
  const input = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(payload)}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
