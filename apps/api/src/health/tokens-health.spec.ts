import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadSigningKey } from '#tokens/signing-key.js';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { TokensHealth } from './tokens-health.js';

const DAY_MS = 86_400_000;

describe(TokensHealth.name, () => {
  it('warns of a certificate that was good at the start and ends while Portus runs', async () => {
    const { keyPem, certificatePem } = await makeSigningKey({ commonName: 'portus.test', days: 100 });
    const signing = loadSigningKey(keyPem, certificatePem, new Date());
    const publicKey = createPublicKey(createPrivateKey(keyPem));
    const own = { ...signing, publicKey, certificates: [new X509Certificate(certificatePem)] };
    const sut = new TokensHealth({} as never, { signing, published: [own], warnings: [] });
    const after = (days: number) => sut.checkKeys(new Date(Date.now() + days * DAY_MS));
    expect(after(0)).toBe('all certificates are valid');
    expect(after(69)).toBe('all certificates are valid');
    expect(after(71)).toEqual({ degraded: expect.stringContaining(`${signing.keyId} expires on `) });
    expect(after(101)).toEqual({ degraded: expect.stringMatching(/has expired on .*; registries refuse it/) });
  });
});
