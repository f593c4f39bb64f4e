import { createPrivateKey, createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { isIssuedBy, problemOfDates } from './certificates.js';
import { algorithmOf, type SigningAlgorithm } from './key-algorithm.js';
import { libtrustKeyId } from './key-id.js';
import { certificatesOf, pemBlocks } from './pem.js';

/** What signs tokens. `x5c` is null when the registry is not known to trust a certificate of this key. */
export interface SigningKey {
  algorithm: SigningAlgorithm;
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** libtrust key id. */
  keyId: string;
  /** Standard base64 of the certificates' DER, one line each, that of the key first (RFC 7515, 4.1.6). */
  x5c: string[] | null;
  /** The key's own certificate. */
  certificate: X509Certificate | null;
}

/** The signing key or its certificate can not be used; each problem says what is wrong and with what. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';

  constructor(readonly problems: string[]) {
    super(problems.join('; '));
  }
}

/**
 * Loads the signing key from PEM (PKCS#1, SEC1 or PKCS#8; RSA of 2048 bits or more, or EC P-256) and, if given, its
 * certificate, which intermediate ones may follow. Refuses what a registry could not verify with a
 * {@link SigningKeyError} that lists everything: other key types, a certificate of another key, one that is not valid
 * at `now`, a chain that does not hold together.
 */
export function loadSigningKey(keyPem: string, certificatePem: string | null, now: Date): SigningKey {
  const problems: string[] = [];
  const privateKey = readPrivateKey(keyPem, problems);
  const chain = certificatePem === null ? [] : readChain(certificatePem, privateKey, now, problems);
  const kind = privateKey && algorithmOf(privateKey);
  if (kind && 'problem' in kind) problems.push(`PORTUS_KEY_PATH ${kind.problem}`);
  if (privateKey === null || kind === null || 'problem' in kind || problems.length > 0)
    throw new SigningKeyError(problems);
  const publicKey = createPublicKey(privateKey);
  return {
    algorithm: kind.algorithm,
    privateKey,
    publicKey,
    keyId: libtrustKeyId(publicKey),
    x5c: certificatePem === null ? null : chain.map((certificate) => certificate.raw.toString('base64')),
    certificate: chain[0] ?? null,
  };
}

function readPrivateKey(pem: string, problems: string[]): KeyObject | null {
  // `openssl ecparam -genkey` writes the curve in a block of its own before the key.
  const block = pemBlocks(pem).find(({ label }) => label.endsWith('PRIVATE KEY'));
  try {
    if (block !== undefined) return createPrivateKey(block.text);
    problems.push('PORTUS_KEY_PATH does not hold a PEM private key');
  } catch {
    const encrypted = block?.text.includes('ENCRYPTED') ? 'is protected by a passphrase' : 'can not be decoded';
    problems.push(
      `PORTUS_KEY_PATH: the private key ${encrypted}; it must be PKCS#1, SEC1 or PKCS#8 without passphrase`,
    );
  }
  return null;
}

/** The key's certificate and what leads from it to an authority; the authority's own certificate is the registry's. */
function readChain(pem: string, key: KeyObject | null, now: Date, problems: string[]): X509Certificate[] {
  const chain = readCertificates(pem, problems);
  const [own] = chain;
  if (own === undefined) return [];
  if (key !== null && !own.checkPrivateKey(key))
    problems.push('the certificate in PORTUS_CERT_PATH does not belong to the key in PORTUS_KEY_PATH');
  for (const [i, certificate] of chain.entries()) {
    const subject = certificate.subject.replaceAll('\n', ', ');
    const dates = problemOfDates(certificate, now);
    if (dates !== null)
      problems.push(`the certificate "${subject}" in PORTUS_CERT_PATH ${dates}; registries refuse it`);
    if (i > 0 && !isIssuedBy(chain[i - 1]!, certificate))
      problems.push(
        `the certificate "${subject}" in PORTUS_CERT_PATH did not issue the one before it; those of other keys belong in PORTUS_OTHER_KEY_PATHS`,
      );
  }
  return chain.filter((certificate, i) => i === 0 || !isIssuedBy(certificate, certificate));
}

function readCertificates(pem: string, problems: string[]): X509Certificate[] {
  try {
    const certificates = certificatesOf(pem);
    if (certificates.length === 0) problems.push('PORTUS_CERT_PATH does not hold a PEM certificate');
    return certificates;
  } catch {
    problems.push('PORTUS_CERT_PATH holds a certificate that can not be decoded');
    return [];
  }
}
