import { type KeyObject, type X509Certificate } from 'node:crypto';
import { exportJWK, type JWK } from 'jose';
import { isIssuedBy } from './certificates.js';
import { algorithmOf, type SigningAlgorithm } from './key-algorithm.js';
import { libtrustKeyId } from './key-id.js';
import { bareKeysOf, certificatesOf } from './pem.js';

/** A key that registries shall trust: the one that signs, one that signed, or one that will. */
export interface PublishedKey {
  algorithm: SigningAlgorithm;
  publicKey: KeyObject;
  /** libtrust key id. */
  keyId: string;
  certificates: X509Certificate[];
}

/**
 * The public keys of a PEM file with certificates, public or private keys. A certificate that issued another one of the
 * same file is its authority and no key of ours. `name` is how problems call the file.
 */
export function readPublishedKeys(text: string, name: string): { keys: PublishedKey[]; problems: string[] } {
  let found: { publicKey: KeyObject; certificates: X509Certificate[] }[];
  try {
    const all = certificatesOf(text);
    const own = all.filter((one) => !all.some((other) => other !== one && isIssuedBy(other, one)));
    found = [
      ...own.map((certificate) => ({ publicKey: certificate.publicKey, certificates: [certificate] })),
      ...bareKeysOf(text).map((publicKey) => ({ publicKey, certificates: [] })),
    ];
  } catch {
    return { keys: [], problems: [`${name} holds a key or certificate that can not be decoded`] };
  }
  if (found.length === 0) return { keys: [], problems: [`${name} holds no PEM certificate or key`] };
  const keys: PublishedKey[] = [];
  const problems: string[] = [];
  for (const one of found) {
    const kind = algorithmOf(one.publicKey);
    if ('problem' in kind) problems.push(`${name} ${kind.problem}`);
    else keys.push({ ...one, algorithm: kind.algorithm, keyId: libtrustKeyId(one.publicKey) });
  }
  return { keys, problems };
}

/** One entry per key, with all of its certificates, each once; the order of the first appearances. */
export function mergeKeys(keys: PublishedKey[]): PublishedKey[] {
  const merged = new Map<string, PublishedKey>();
  for (const key of keys) {
    const known = merged.get(key.keyId);
    const certificates = [...(known?.certificates ?? []), ...key.certificates];
    const once = [...new Map(certificates.map((one) => [one.fingerprint256, one])).values()];
    merged.set(key.keyId, { ...key, certificates: once });
  }
  return [...merged.values()];
}

/** A JWK Set (RFC 7517), for `/.well-known/jwks.json` and for the file in `auth.token.jwks` of registry 3.x. */
export async function jwksOf(keys: readonly PublishedKey[]): Promise<{ keys: JWK[] }> {
  const entry = async ({ publicKey, keyId, algorithm }: PublishedKey): Promise<JWK> => ({
    ...(await exportJWK(publicKey)),
    kid: keyId,
    alg: algorithm,
    use: 'sig',
  });
  return { keys: await Promise.all(keys.map(entry)) };
}

/** The certificates of the keys as PEM, for `auth.token.rootcertbundle`. */
export function bundleOf(keys: readonly PublishedKey[]): string {
  return keys.flatMap((key) => key.certificates.map((certificate) => certificate.toString())).join('');
}
