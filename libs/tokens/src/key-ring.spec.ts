import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, importJWK, jwtVerify } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { TestAuthority } from '../../../test/factories/certificate.js';
import { keyProblems, loadKeyRing, readKeyPaths } from './key-ring.js';
import { makeSigningKey } from './make-signing-key.js';
import { certificatesOf } from './pem.js';
import { bundleOf, jwksOf } from './published-key.js';
import { TokenSigner } from './token-signer.js';

const folder = mkdtempSync(join(tmpdir(), 'portus-key-ring-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const now = await makeSigningKey({ commonName: 'portus.test' });
const next = await makeSigningKey({ commonName: 'portus.test', kind: 'rsa' });
const [key, cert] = [write('now.key', now.keyPem), write('now.crt', now.certificatePem)];
const [nextKey, nextCert] = [write('next.key', next.keyPem), write('next.crt', next.certificatePem)];

const ringOf = (otherKeyPaths: string[], certPath: string | null = cert, at = new Date()) =>
  loadKeyRing({ keyPath: key, certPath, otherKeyPaths }, at);

describe(loadKeyRing.name, () => {
  it('signs with one key and publishes all of them, the signing one first', async () => {
    const ring = ringOf([nextCert]);
    const { keys } = await jwksOf(ring.published);
    expect(keys).toEqual([
      expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: ring.signing.keyId }),
      expect.objectContaining({ kty: 'RSA', alg: 'RS256', use: 'sig' }),
    ]);
    expect(bundleOf(ring.published)).toBe(now.certificatePem + next.certificatePem);
    expect(ring.warnings).toEqual([]);
    for (const secret of ['d', 'p', 'q']) for (const jwk of keys) expect(jwk).not.toHaveProperty(secret);
  });

  it('makes tokens that its JWK Set verifies', async () => {
    const { signing, published } = ringOf([nextCert]);
    const request = { subject: 'alice', audience: 'registry.test', access: [], lifetime: 60, now: Date.now() };
    const { token } = await new TokenSigner(signing, 'portus.test').sign(request);
    const jwk = (await jwksOf(published)).keys.find(({ kid }) => kid === signing.keyId);
    const { payload } = await jwtVerify(token, await importJWK(jwk!, 'ES256'));
    expect(payload.sub).toBe('alice');
  });

  it.each([
    ['a certificate', nextCert, 1],
    ['a private key', nextKey, 0],
    [
      'a public key',
      write('next.pub', createPublicKey(next.keyPem).export({ type: 'spki', format: 'pem' }).toString()),
      0,
    ],
    ['both in one file', write('next.pem', next.keyPem + next.certificatePem), 1],
  ])('knows another key by %s', async (_, path, certificates) => {
    const { published } = ringOf([path]);
    const thumbprints = await Promise.all((await jwksOf(published)).keys.map((jwk) => calculateJwkThumbprint(jwk)));
    expect(thumbprints).toHaveLength(2);
    expect(published[1]!.certificates).toHaveLength(certificates);
  });

  it('publishes a key once, with all of its certificates', () => {
    const { published, signing } = ringOf([cert, nextKey, nextCert], null);
    expect(signing.x5c).toBeNull();
    expect(published.map(({ certificates }) => certificates.length)).toEqual([1, 1]);
  });

  it('takes the authority of a certificate for no key of ours', async () => {
    const root = await TestAuthority.make('root');
    const leaf = await root.certificateOf('next', createPublicKey(next.keyPem));
    const { published } = ringOf([write('issued.crt', leaf + root.certificatePem)]);
    expect(published).toHaveLength(2);
    expect(certificatesOf(bundleOf(published)).map(({ subject }) => subject)).toEqual(['CN=portus.test', 'CN=next']);
  });

  it('warns of a missing certificate, and of those that end', () => {
    const at = (days: number) => new Date(Date.now() + days * 86_400_000);
    expect(ringOf([], null).warnings).toEqual([expect.stringMatching(/PORTUS_CERT_PATH is not set/)]);
    expect(ringOf([], cert, at(3600)).warnings).toEqual([]);
    expect(ringOf([], cert, at(3625)).warnings).toEqual([expect.stringMatching(/expires on/)]);
    // A key that only used to sign must not keep the program from starting.
    expect(ringOf([nextCert], null, at(3700)).warnings).toEqual([
      expect.stringMatching(/not set/),
      expect.stringMatching(/has expired/),
    ]);
  });

  it('lists everything that is wrong with all files', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const env = {
      PORTUS_KEY_PATH: write('short.key', short.export({ type: 'pkcs1', format: 'pem' }).toString()),
      PORTUS_CERT_PATH: cert,
      PORTUS_OTHER_KEY_PATHS: [join(folder, 'none'), write('text', 'hello'), nextCert].join(', '),
    };
    expect(keyProblems(env)).toEqual([
      expect.stringMatching(/PORTUS_CERT_PATH does not belong/),
      expect.stringMatching(/PORTUS_KEY_PATH holds an RSA key of 1024 bits/),
      expect.stringMatching(/PORTUS_OTHER_KEY_PATHS: .*none can not be read \(ENOENT\)/),
      expect.stringMatching(/PORTUS_OTHER_KEY_PATHS: .*text holds no PEM/),
    ]);
    expect(keyProblems({})).toEqual([expect.stringMatching(/PORTUS_KEY_PATH is not set/)]);
    expect(keyProblems({ PORTUS_KEY_PATH: key, PORTUS_CERT_PATH: cert })).toEqual([]);
  });

  it('reads its paths as the settings do', () => {
    const env = { PORTUS_KEY_PATH_VALUE: key, PORTUS_OTHER_KEY_PATHS: ` ${nextCert},, ${nextKey} ` };
    expect(readKeyPaths(env)).toEqual({ keyPath: key, certPath: null, otherKeyPaths: [nextCert, nextKey] });
  });
});
