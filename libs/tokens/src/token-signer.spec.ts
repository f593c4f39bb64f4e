import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { makeSigningKey } from './make-signing-key.js';
import { loadSigningKey, SigningKeyError } from './signing-key.js';
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
    const { token, expiresIn, issuedAt } = await sut.sign(request);
    const claims = decodeJwt(token);
    expect(claims.aud).toBe('registry.test:5000');
    expect(claims.sub).toBe('alice');
    expect(claims.iss).toBe('portus.test');
    expect(Number.isInteger(claims.exp) && Number.isInteger(claims.nbf) && Number.isInteger(claims.iat)).toBe(true);
    expect(claims.exp! - claims.iat!).toBe(300);
    expect(claims.nbf!).toBeLessThan(claims.iat!);
    expect(claims['access']).toEqual(request.access);
    expect(expiresIn).toBe(300);
    expect(Date.parse(issuedAt)).toBeLessThanOrEqual(NOW);
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

  it('is verified by the key of its own JWK Set', async () => {
    const [jwk] = (await sut.jwks()).keys;
    const { payload } = await jwtVerify((await sut.sign(request)).token, await importJWK(jwk!, 'ES256'));
    expect(payload.sub).toBe('alice');
    expect(jwk).not.toHaveProperty('d');
  });
});

describe(loadSigningKey.name, () => {
  const rsa = (bits: number) =>
    generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

  it('reads RSA as PKCS#1 and EC as SEC1', () => {
    expect(loadSigningKey(rsa(2048), null, new Date()).algorithm).toBe('RS256');
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect(loadSigningKey(ec.export({ type: 'sec1', format: 'pem' }).toString(), null, new Date()).algorithm).toBe(
      'ES256',
    );
  });

  it.each([
    ['not a key', 'hello', /PEM private key/],
    ['a short RSA key', rsa(1024), /2048/],
    [
      'an EC key of another curve',
      generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      /EC P-256/,
    ],
    [
      'an Ed25519 key',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      /can not verify/,
    ],
  ])('refuses %s', (_, pem, message) => {
    expect(() => loadSigningKey(pem, null, new Date())).toThrow(SigningKeyError);
    expect(() => loadSigningKey(pem, null, new Date())).toThrow(message);
  });

  it('refuses a certificate of another key, and one that is not valid now', async () => {
    const other = await makeSigningKey({ commonName: 'other' });
    expect(() => loadSigningKey(made.keyPem, other.certificatePem, new Date())).toThrow(/does not belong/);
    const farFuture = new Date(NOW + 20 * 365 * 86_400_000);
    expect(() => loadSigningKey(made.keyPem, made.certificatePem, farFuture)).toThrow(/not valid now/);
  });
});

describe(makeSigningKey.name, () => {
  it('back-dates the certificate and makes it valid for about ten years', () => {
    const certificate = new X509Certificate(made.certificatePem);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(NOW - 80_000_000);
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(NOW + 9.9 * 365 * 86_400_000);
    expect(certificate.publicKey.equals(createPublicKey(made.keyPem))).toBe(true);
  });
});
