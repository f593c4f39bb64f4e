import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

export interface PemBlock {
  /** What stands after BEGIN, such as `CERTIFICATE`. */
  label: string;
  text: string;
}

/** The blocks of a PEM file (RFC 7468) in their order; whatever stands between them is ignored. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks = text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g);
  return [...blocks].map(([block, label]) => ({ label: label!, text: `${block}\n` }));
}

/** The certificates of a PEM file, in their order. Throws for one that can not be read. */
export function certificatesOf(text: string): X509Certificate[] {
  return pemBlocks(text)
    .filter(({ label }) => label === 'CERTIFICATE')
    .map((block) => new X509Certificate(block.text));
}

/** The public keys of a PEM file's bare keys, private or public. Throws for one that can not be read. */
export function bareKeysOf(text: string): KeyObject[] {
  return pemBlocks(text)
    .filter(({ label }) => label.endsWith('PRIVATE KEY') || label.endsWith('PUBLIC KEY'))
    .map((block) => createPublicKey(block.label.endsWith('PRIVATE KEY') ? createPrivateKey(block.text) : block.text));
}
