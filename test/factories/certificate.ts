import 'reflect-metadata';
import { type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** An authority of the test, which issues certificates of keys that were made elsewhere. */
export class TestAuthority {
  private constructor(
    private readonly name: string,
    private readonly keys: webcrypto.CryptoKeyPair,
    readonly certificatePem: string,
  ) {}

  /** A root, or below `parent`. */
  static async make(name: string, parent?: TestAuthority): Promise<TestAuthority> {
    x509.cryptoProvider.set(webcrypto);
    const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
    const signed = await certify(name, keys.publicKey, parent ?? { name, keys }, true);
    return new TestAuthority(name, keys, signed);
  }

  /** The certificate of a public key, as PEM. */
  async certificateOf(name: string, publicKey: KeyObject): Promise<string> {
    const algorithm = publicKey.asymmetricKeyType === 'rsa' ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : EC;
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const key = await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']);
    return certify(name, key, { name: this.name, keys: this.keys }, false);
  }
}

async function certify(
  name: string,
  publicKey: webcrypto.CryptoKey,
  issuer: { name: string; keys: webcrypto.CryptoKeyPair } | TestAuthority,
  authority: boolean,
): Promise<string> {
  const by = issuer as { name: string; keys: webcrypto.CryptoKeyPair };
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: `CN=${by.name}`,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 365 * DAY_MS),
    signingAlgorithm: EC,
    publicKey,
    signingKey: by.keys.privateKey,
    extensions: [new x509.BasicConstraintsExtension(authority, undefined, true)],
  });
  return `${certificate.toString('pem')}\n`;
}
