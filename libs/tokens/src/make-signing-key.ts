import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const DAY_MS = 86_400_000;
const TEN_YEARS = 3650;

const ALGORITHMS = {
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const;

/** EC P-256, small and fast to sign with, or RSA of 2048 bits. */
export type KeyKind = keyof typeof ALGORITHMS;
export const KEY_KINDS = Object.keys(ALGORITHMS) as KeyKind[];

/**
 * Makes a signing key (PKCS#8) and a self-signed certificate of it, both as PEM. Default: EC, for ten years.
 *
 * The certificate is valid from one day ago: registries check its dates against their own clock, without any leeway.
 * Put it into the registry's `auth.token.rootcertbundle`.
 */
export async function makeSigningKey(options: {
  commonName: string;
  kind?: KeyKind;
  days?: number;
}): Promise<{ keyPem: string; certificatePem: string }> {
  const { commonName, kind = 'ec', days = TEN_YEARS } = options;
  const algorithm = ALGORITHMS[kind];
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  x509.cryptoProvider.set(webcrypto);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex'),
    name: [{ CN: [commonName] }],
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + days * DAY_MS),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${(pkcs8.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`;
  return { keyPem, certificatePem: `${certificate.toString('pem')}\n` };
}
