import { createHash, type KeyObject } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The libtrust key id of a public key: SHA-256 over the DER SubjectPublicKeyInfo, its first 30 bytes in RFC 4648
 * base32, in twelve groups of four joined by ':'. Registry 2.8 finds the key of `rootcertbundle` by it.
 */
export function libtrustKeyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const hash = createHash('sha256').update(der).digest().subarray(0, 30);
  const groups = base32(hash).match(/.{4}/g) ?? [];
  return groups.join(':');
}

/** RFC 4648 base32 without padding; exact for inputs whose length is a multiple of five bytes. */
function base32(bytes: Uint8Array): string {
  let out = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET[(buffer >> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return out;
}
