import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { libtrustKeyId } from './key-id.js';

/** What signs tokens. `x5c` is null when the registry is not known to trust a certificate of this key. */
export interface SigningKey {
  algorithm: 'ES256' | 'RS256';
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** libtrust key id. */
  keyId: string;
  /** Standard base64 of the certificate's DER, one line (RFC 7515, 4.1.6). */
  x5c: string[] | null;
}

/** The signing key or its certificate can not be used; the message says what to change. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

/**
 * Loads the signing key from PEM (PKCS#1, SEC1 or PKCS#8; RSA of 2048 bits or more, or EC P-256) and, if given, its
 * certificate. Refuses what a registry could not verify: other key types, a certificate of another key, one that is
 * not valid at `now`.
 */
export function loadSigningKey(keyPem: string, certificatePem: string | null, now: Date): SigningKey {
  const privateKey = parsePrivateKey(keyPem);
  const publicKey = createPublicKey(privateKey);
  const algorithm = algorithmOf(privateKey);
  const x5c = certificatePem === null ? null : [checkedCertificate(certificatePem, privateKey, now)];
  return { algorithm, privateKey, publicKey, keyId: libtrustKeyId(publicKey), x5c };
}

function parsePrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new SigningKeyError('PORTUS_KEY_PATH does not hold a PEM private key without passphrase', { cause });
  }
}

function algorithmOf(key: KeyObject): 'ES256' | 'RS256' {
  const details = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') {
    if ((details.modulusLength ?? 0) < 2048) throw new SigningKeyError('the RSA signing key has fewer than 2048 bits');
    return 'RS256';
  }
  if (key.asymmetricKeyType === 'ec' && details.namedCurve === 'prime256v1') return 'ES256';
  const kind = `${key.asymmetricKeyType ?? 'unknown'} ${details.namedCurve ?? ''}`.trim();
  throw new SigningKeyError(`a registry can not verify a "${kind}" key: use RSA (2048 bits or more) or EC P-256`);
}

function checkedCertificate(pem: string, privateKey: KeyObject, now: Date): string {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw new SigningKeyError('PORTUS_CERT_PATH does not hold a PEM certificate', { cause });
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new SigningKeyError('the certificate in PORTUS_CERT_PATH does not belong to the key in PORTUS_KEY_PATH');
  }
  if (now < new Date(certificate.validFrom) || now > new Date(certificate.validTo)) {
    const span = `${certificate.validFrom} – ${certificate.validTo}`;
    throw new SigningKeyError(`the certificate in PORTUS_CERT_PATH is not valid now (${span}); registries refuse it`);
  }
  return certificate.raw.toString('base64');
}
