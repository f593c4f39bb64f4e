import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TestAuthority } from '../../../test/factories/certificate.js';
import { makeSigningKey } from './make-signing-key.js';
import { loadSigningKey, SigningKeyError } from './signing-key.js';

const NOW = new Date();
const YEAR_MS = 365 * 86_400_000;

const made = await makeSigningKey({ commonName: 'portus.test' });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const pem = (key: KeyObject, type: 'pkcs1' | 'sec1' | 'pkcs8' = 'pkcs8'): string =>
  key.export({ type: type as 'pkcs8', format: 'pem' }).toString();

const problemsOf = (keyPem: string, certificatePem: string | null = null, now = NOW): string[] => {
  try {
    loadSigningKey(keyPem, certificatePem, now);
  } catch (error) {
    if (error instanceof SigningKeyError) return error.problems;
    throw error;
  }
  return [];
};

describe(loadSigningKey.name, () => {
  const [rsaKey, ecKey] = [rsa(2048), ec('P-256')];
  const CURVE = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

  it.each([
    ['RSA as PKCS#1', pem(rsaKey, 'pkcs1'), 'BEGIN RSA PRIVATE KEY', 'RS256'],
    ['RSA as PKCS#8', pem(rsaKey), 'BEGIN PRIVATE KEY', 'RS256'],
    ['EC as SEC1', pem(ecKey, 'sec1'), 'BEGIN EC PRIVATE KEY', 'ES256'],
    ['EC as SEC1 behind its curve, as openssl writes it', CURVE + pem(ecKey, 'sec1'), 'EC PARAMETERS', 'ES256'],
    ['EC as PKCS#8', pem(ecKey), 'BEGIN PRIVATE KEY', 'ES256'],
    ['RSA of 4096 bits', pem(rsa(4096)), 'BEGIN PRIVATE KEY', 'RS256'],
  ])('reads %s', (_, text, label, algorithm) => {
    expect(text).toContain(label);
    expect(loadSigningKey(text, null, NOW)).toMatchObject({ algorithm, x5c: null, certificate: null });
  });

  it('gives the same key id for each form of a key', () => {
    const ids = (['pkcs1', 'pkcs8'] as const).map((type) => loadSigningKey(pem(rsaKey, type), null, NOW).keyId);
    expect(new Set(ids).size).toBe(1);
  });

  const encrypted = ecKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
  it.each([
    ['what is no key', 'hello', /does not hold a PEM private key/],
    ['a public key', createPublicKey(ecKey).export({ type: 'spki', format: 'pem' }).toString(), /does not hold/],
    ['a damaged key', made.keyPem.replace(/\n..../, '\nAAAA'), /can not be decoded/],
    ['a key with a passphrase', encrypted, /passphrase/],
    ['a short RSA key', pem(rsa(1024)), /1024 bits; it must have 2048/],
    ['an RSA key for PSS only', pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey), /rsa-pss/],
    ['EC P-384', pem(ec('P-384')), /ec secp384r1/],
    ['EC P-521', pem(ec('P-521')), /ec secp521r1/],
    ['EC secp256k1', pem(ec('secp256k1')), /ec secp256k1/],
    ['Ed25519', pem(generateKeyPairSync('ed25519').privateKey), /"ed25519"/],
  ])('refuses %s and says why', (_, text, message) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(message)]);
    expect(problemsOf(text)[0]).toContain('PORTUS_KEY_PATH');
  });

  it('sends the certificate as standard base64 of its DER', () => {
    const { x5c } = loadSigningKey(made.keyPem, made.certificatePem, NOW);
    expect(x5c).toEqual([new X509Certificate(made.certificatePem).raw.toString('base64')]);
  });

  it('refuses a certificate of another key, one of another time, and what is none', async () => {
    const other = await makeSigningKey({ commonName: 'other' });
    const [tooEarly, tooLate] = [new Date(NOW.getTime() - YEAR_MS), new Date(NOW.getTime() + 20 * YEAR_MS)];
    expect(problemsOf(made.keyPem, other.certificatePem)).toEqual([expect.stringMatching(/does not belong/)]);
    expect(problemsOf(made.keyPem, made.certificatePem, tooEarly)).toEqual([expect.stringMatching(/not valid before/)]);
    expect(problemsOf(made.keyPem, made.certificatePem, tooLate)).toEqual([expect.stringMatching(/has expired on/)]);
    expect(problemsOf(made.keyPem, 'hello')).toEqual([expect.stringMatching(/does not hold a PEM certificate/)]);
    const damaged = made.certificatePem.replace(/\n..../, '\nAAAA');
    expect(problemsOf(made.keyPem, damaged)).toEqual([expect.stringMatching(/can not be decoded/)]);
  });

  it('lists everything that is wrong at once', async () => {
    const { certificatePem } = await makeSigningKey({ commonName: 'other' });
    const late = new Date(NOW.getTime() + 20 * YEAR_MS);
    expect(problemsOf(pem(rsa(1024)), certificatePem, late)).toEqual([
      expect.stringMatching(/does not belong/),
      expect.stringMatching(/has expired/),
      expect.stringMatching(/1024 bits/),
    ]);
  });

  it('takes the chain of a certificate that an authority issued, without the authority', async () => {
    const root = await TestAuthority.make('root');
    const middle = await TestAuthority.make('middle', root);
    const leaf = await middle.certificateOf('portus', createPublicKey(made.keyPem));
    const chain = leaf + middle.certificatePem + root.certificatePem;
    expect(loadSigningKey(made.keyPem, chain, NOW).x5c).toHaveLength(2);
    const broken = leaf + root.certificatePem;
    expect(problemsOf(made.keyPem, broken)).toEqual([expect.stringMatching(/"CN=root".* did not issue/)]);
    const bundle = made.certificatePem + (await makeSigningKey({ commonName: 'portus.test' })).certificatePem;
    expect(problemsOf(made.keyPem, bundle)).toEqual([expect.stringMatching(/PORTUS_OTHER_KEY_PATHS/)]);
  });
});
