import type { KeyObject } from 'node:crypto';

/** The JWS algorithms (RFC 7518) that registries 2.8 and 3.x verify and that Portus signs with. */
export type SigningAlgorithm = 'ES256' | 'RS256';

const MIN_RSA_BITS = 2048;

/**
 * The algorithm of a key, private or public: RS256 for RSA of 2048 bits or more, ES256 for EC P-256. For any other key
 * the reason why a registry could not verify its signatures: 2.8 knows neither PSS nor EdDSA.
 */
export function algorithmOf(key: KeyObject): { algorithm: SigningAlgorithm } | { problem: string } {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') {
    if (modulusLength >= MIN_RSA_BITS) return { algorithm: 'RS256' };
    return { problem: `holds an RSA key of ${modulusLength} bits; it must have ${MIN_RSA_BITS} or more` };
  }
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return { algorithm: 'ES256' };
  const kind = [key.asymmetricKeyType ?? 'unknown', namedCurve].filter(Boolean).join(' ');
  return {
    problem: `holds a key of the kind "${kind}", which a registry can not verify: use RSA (2048 bits or more) or EC P-256`,
  };
}
