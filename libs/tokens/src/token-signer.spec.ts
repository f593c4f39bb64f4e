import { X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { makeSigningKey } from './make-signing-key.js';
import { loadSigningKey } from './signing-key.js';
import { TokenSigner } from './token-signer.js';

const NOW = Date.now();

const made = await makeSigningKey({ commonName: 'portus.test' });

const request = {
  subject: 'alice',
  audience: 'registry.test:5000',
  access: [{ type: 'repository' as const, name: 'team/app', actions: ['pull'] }],
  lifetime: 300,
  now: NOW,
};

describe(TokenSigner.name, () => {
  const key = loadSigningKey(made.keyPem, made.certificatePem, new Date(NOW));
  const sut = new TokenSigner(key, 'portus.test');

  it('signs claims of exactly the types that registry 2.8 demands', async () => {
    const { token } = await sut.sign(request);
    const claims = decodeJwt(token);
    expect(claims.aud).toBe('registry.test:5000');
    expect(claims.sub).toBe('alice');
    expect(claims.iss).toBe('portus.test');
    expect(Number.isInteger(claims.exp) && Number.isInteger(claims.nbf) && Number.isInteger(claims.iat)).toBe(true);
    expect(claims['access']).toEqual(request.access);
  });

  it.each([60, 300, 86_400])('says the same of a lifetime of %i s to clients and to registries', async (lifetime) => {
    const { token, expiresIn, issuedAt } = await sut.sign({ ...request, lifetime });
    const { iat, exp, nbf } = decodeJwt(token);
    expect(expiresIn).toBe(lifetime);
    expect(exp! - iat!).toBe(lifetime);
    expect(Date.parse(issuedAt)).toBe(iat! * 1000);
    expect(Date.parse(issuedAt)).toBeLessThanOrEqual(NOW);
    expect(iat! - nbf!).toBe(30);
  });

  it('carries kid and the certificate as standard base64 of its DER', async () => {
    const header = decodeProtectedHeader((await sut.sign(request)).token);
    expect(header.alg).toBe('ES256');
    expect(header.kid).toMatch(/^([A-Z2-7]{4}:){11}[A-Z2-7]{4}$/);
    expect(header.x5c).toEqual([new X509Certificate(made.certificatePem).raw.toString('base64')]);
  });

  it('sends no x5c when no certificate was given', async () => {
    const bare = new TokenSigner(loadSigningKey(made.keyPem, null, new Date(NOW)), 'portus.test');
    expect(decodeProtectedHeader((await bare.sign(request)).token)).not.toHaveProperty('x5c');
  });
});
