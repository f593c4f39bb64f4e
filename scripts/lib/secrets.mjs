import { X509Certificate, createPrivateKey, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readJson, writeAtomically, writeJson } from './state-file.mjs';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Lengths in characters; 62 letters give 5.95 bits each. */
const SECRETS = {
  databasePassword: 32,
  redisPassword: 32,
  secretKeyBase: 64,
  servicePassword: 40,
  adminPassword: 20,
  webhookSecret: 40,
  registryHttpSecret: 40,
};

/** Letters and digits only: safe in a URL, in YAML, in a shell line and for a double click. */
export function randomWord(length) {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** The secrets of this data folder. What is missing is made once and kept (`secrets.json`, mode 0600). */
export function loadSecrets(dataDir) {
  const file = join(dataDir, 'secrets.json');
  const stored = readJson(file) ?? {};
  const missing = Object.keys(SECRETS).filter((name) => typeof stored[name] !== 'string');
  for (const name of missing) stored[name] = randomWord(SECRETS[name]);
  if (missing.length > 0) writeJson(file, stored);
  return stored;
}

/**
 * Paths of the signing key and its certificate, made once by the built program. A pair that does not belong together,
 * or a certificate that ends within 30 days, is made anew: tokens live for minutes, so nothing is lost by it.
 */
export async function loadSigningKey(settings) {
  const keyPath = join(settings.dataDir, 'token.key');
  const certificatePath = join(settings.dataDir, 'token.crt');
  if (!isUsablePair(keyPath, certificatePath)) {
    const program = join(settings.root, 'dist/libs/tokens/src/make-signing-key.js');
    const { makeSigningKey } = await import(pathToFileURL(program).href);
    const { keyPem, certificatePem } = await makeSigningKey({ commonName: settings.issuer });
    writeAtomically(keyPath, keyPem);
    writeAtomically(certificatePath, certificatePem);
  }
  return { keyPath, certificatePath };
}

/** True when both files are there, belong together and the certificate is valid for at least 30 more days. */
export function isUsablePair(keyPath, certificatePath, now = Date.now()) {
  try {
    const certificate = new X509Certificate(readFileSync(certificatePath));
    const lasts = Date.parse(certificate.validTo) - now > 30 * 86_400_000;
    return lasts && certificate.checkPrivateKey(createPrivateKey(readFileSync(keyPath)));
  } catch {
    return false;
  }
}
