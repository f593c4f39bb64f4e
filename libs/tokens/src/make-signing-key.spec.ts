import { createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeSigningKey } from './make-signing-key.js';
import { loadSigningKey } from './signing-key.js';

const DAY_MS = 86_400_000;

describe(makeSigningKey.name, () => {
  it('back-dates the certificate and makes it valid for about ten years', async () => {
    const made = await makeSigningKey({ commonName: 'portus.test' });
    const certificate = new X509Certificate(made.certificatePem);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now() - 0.9 * DAY_MS);
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 9.9 * 365 * DAY_MS);
    expect(certificate.publicKey.equals(createPublicKey(made.keyPem))).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });

  it('makes RSA too, for as many days as asked', async () => {
    const { keyPem, certificatePem } = await makeSigningKey({ commonName: 'portus.test', kind: 'rsa', days: 30 });
    expect(loadSigningKey(keyPem, certificatePem, new Date()).algorithm).toBe('RS256');
    expect(() => loadSigningKey(keyPem, certificatePem, new Date(Date.now() + 31 * DAY_MS))).toThrow(/expired/);
  });
});
