import { verify, X509Certificate } from 'node:crypto';
import type { PublishedKey } from './published-key.js';

/** What a registry token says, and what becomes of it. */
export interface TokenExplanation {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  /** Whether one of the given keys made its signature; null: none has its id. */
  signature: 'good' | 'bad' | null;
  /** What a registry would refuse it for, apart from its own settings. */
  problems: string[];
}

/** Registries allow so much difference between the clocks. */
const LEEWAY_SECONDS = 60;
const MAX_LENGTH = 64 * 1024;

/** Reads a registry token (a JWT); null for what is none. Nothing in it is believed. */
export function explainToken(
  token: string,
  keys: readonly PublishedKey[],
  issuer: string | null,
  now: Date,
): TokenExplanation | null {
  const [head = '', body = '', mark = '', ...more] = token.split('.');
  const [header, claims] = [readPart(head), readPart(body)];
  if (token.length > MAX_LENGTH || header === null || claims === null || more.length > 0) return null;
  const key = keys.find(({ keyId }) => keyId === header['kid']);
  const signature = key === undefined ? null : isSigned(key, `${head}.${body}`, mark) ? 'good' : 'bad';
  const problems = [
    ...(signature === 'bad' ? ['its signature is not of the key that it names'] : []),
    ...(signature === null ? ['it names a key that is none of this Portus'] : []),
    ...timeProblems(claims, now.getTime() / 1000),
    ...certificateProblem(header, now),
    ...(issuer === null || claims['iss'] === issuer ? [] : [`its issuer is not ${issuer}`]),
  ];
  return { header, claims, signature, problems };
}

function readPart(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function isSigned({ publicKey }: PublishedKey, input: string, mark: string): boolean {
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return verify('sha256', Buffer.from(input), key, Buffer.from(mark, 'base64url'));
}

function timeProblems({ exp, nbf }: Record<string, unknown>, now: number): string[] {
  const ended = typeof exp !== 'number' || exp + LEEWAY_SECONDS < now;
  const early = typeof nbf === 'number' && nbf - LEEWAY_SECONDS > now;
  return [...(ended ? ['it has ended'] : []), ...(early ? ['it is not valid yet'] : [])];
}

/** Registries look at the dates of the certificate in `x5c`, without any leeway. */
function certificateProblem({ x5c }: Record<string, unknown>, now: Date): string[] {
  const first: unknown = Array.isArray(x5c) ? x5c[0] : undefined;
  if (typeof first !== 'string') return [];
  try {
    const { validFrom, validTo } = new X509Certificate(Buffer.from(first, 'base64'));
    const valid = now >= new Date(validFrom) && now <= new Date(validTo);
    return valid ? [] : [`its certificate is valid from ${validFrom} to ${validTo} only`];
  } catch {
    return ['its certificate can not be read'];
  }
}
