import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isUsablePair, loadSecrets, randomWord } from './secrets.mjs';
import { readJson, writeJson } from './state-file.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'portus-secrets-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe(loadSecrets, () => {
  it('makes them once, for the owner only', () => {
    const first = loadSecrets(folder);
    expect(loadSecrets(folder)).toEqual(first);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(first.secretKeyBase.length).toBeGreaterThanOrEqual(32);
    expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
  });

  it('adds what an older version did not have, and keeps the rest', () => {
    writeJson(join(folder, 'secrets.json'), { adminPassword: 'kept' });
    expect(loadSecrets(folder)).toMatchObject({ adminPassword: 'kept', redisPassword: expect.any(String) });
  });

  it('names the file when it is damaged, and does not replace it', () => {
    writeFileSync(join(folder, 'secrets.json'), '{"adminPassword"');
    expect(() => loadSecrets(folder)).toThrow(join(folder, 'secrets.json'));
    expect(() => readJson(join(folder, 'secrets.json'))).toThrow('damaged');
  });
});

describe(randomWord, () => {
  it('needs no quoting in a URL, a shell or YAML', () => {
    expect(randomWord(500)).toMatch(/^[A-Za-z0-9]{500}$/);
  });
});

describe(isUsablePair, () => {
  const privateKey = () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });

  it('is false without the files, and for a key that is not the certificate’s', () => {
    const [key, certificate] = [join(folder, 'k'), join(folder, 'c')];
    expect(isUsablePair(key, certificate)).toBe(false);
    writeFileSync(key, privateKey());
    writeFileSync(certificate, 'no certificate');
    expect(isUsablePair(key, certificate)).toBe(false);
  });
});
