import { randomUUID } from 'node:crypto';
import { compactSigner } from './compact-jws.js';
import type { SigningKey } from './signing-key.js';

/** One entry of the `access` claim (distribution token spec, "JWT", `access`). */
export interface AccessEntry {
  type: 'repository' | 'registry';
  name: string;
  actions: string[];
}

export interface TokenRequest {
  /** Login name of the authenticated user; '' for anonymous. Becomes `actor.name` of the registry's events. */
  subject: string;
  /** The registry's `service`, a single string: registry 2.8 refuses an array. */
  audience: string;
  access: AccessEntry[];
  /** Seconds; the caller never asks for less than 60, which clients would round up to. */
  lifetime: number;
  /** Milliseconds since the epoch. */
  now: number;
}

export interface SignedToken {
  token: string;
  /** Seconds. */
  expiresIn: number;
  /** RFC 3339, UTC, the true time: clients count `expires_in` from it on their own clock. */
  issuedAt: string;
}

/** Registries allow 60 s of skew; a token must not be born in a slow registry's future. */
const BACK_DATE_SECONDS = 30;

/** Signs registry tokens. Knows keys and claims, no users and no rights. */
export class TokenSigner {
  private readonly signed: (payload: string) => Promise<string>;

  constructor(
    key: SigningKey,
    private readonly issuer: string,
  ) {
    const header = { typ: 'JWT', alg: key.algorithm, kid: key.keyId, ...(key.x5c ? { x5c: key.x5c } : {}) };
    this.signed = compactSigner(key, header);
  }

  /** Signs a token that registry 2.8 and 3.x accept: string `aud`, integer times, raw r‖s signature. */
  async sign(request: TokenRequest): Promise<SignedToken> {
    const seconds = Math.floor(request.now / 1000);
    const claims = {
      iss: this.issuer,
      sub: request.subject,
      aud: request.audience,
      exp: seconds + request.lifetime,
      nbf: seconds - BACK_DATE_SECONDS,
      iat: seconds,
      jti: randomUUID(),
      access: request.access,
    };
    const token = await this.signed(JSON.stringify(claims));
    return { token, expiresIn: request.lifetime, issuedAt: new Date(seconds * 1000).toISOString() };
  }
}
