import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { OPTIONS } from '#platform/config/options.js';
import { ConfigurationError, readOption, type Settings } from '#platform/config/settings.js';
import { endsSoon, problemOfDates } from './certificates.js';
import { mergeKeys, type PublishedKey, readPublishedKeys } from './published-key.js';
import { loadSigningKey, type SigningKey, SigningKeyError } from './signing-key.js';

/** The keys of this Portus: exactly one signs, registries shall trust all that are published. */
export interface KeyRing {
  signing: SigningKey;
  /** The signing key first, each key once. */
  published: PublishedKey[];
  /** For people: what will not work for ever, or not everywhere. */
  warnings: string[];
}

export type KeyPaths = Pick<Settings, 'keyPath' | 'certPath' | 'otherKeyPaths'>;

/** Reads all keys that the settings name. Throws {@link ConfigurationError} with everything that no registry could verify. */
export function loadKeyRing(paths: KeyPaths, now: Date): KeyRing {
  const problems: string[] = [];
  const signing = readSigningKey(paths, now, problems);
  const others = paths.otherKeyPaths.flatMap((path) => {
    const text = readFile('PORTUS_OTHER_KEY_PATHS', path, problems);
    if (text === null) return [];
    const read = readPublishedKeys(text, `PORTUS_OTHER_KEY_PATHS: ${path}`);
    problems.push(...read.problems);
    return read.keys;
  });
  if (signing === null || problems.length > 0) throw new ConfigurationError(problems);
  const { algorithm, publicKey, keyId, certificate } = signing;
  const own = { algorithm, publicKey, keyId, certificates: certificate === null ? [] : [certificate] };
  const published = mergeKeys([own, ...others]);
  const warnings =
    signing.x5c === null
      ? ['PORTUS_CERT_PATH is not set: tokens carry a key id only; registry 3.x needs the certificate or a jwks file']
      : [];
  return { signing, published, warnings: [...warnings, ...certificateProblems({ signing, published }, now)] };
}

/** The paths alone, for programs that need no other setting. Throws {@link ConfigurationError}. */
export function readKeyPaths(env: Record<string, string | undefined>): KeyPaths {
  const keyPath = readOption(OPTIONS.keyPath, env);
  if (keyPath === null) throw new ConfigurationError([`${OPTIONS.keyPath.name} is not set: ${OPTIONS.keyPath.text}`]);
  const others = OPTIONS.otherKeyPaths.schema.parse(readOption(OPTIONS.otherKeyPaths, env));
  return { keyPath, certPath: readOption(OPTIONS.certPath, env), otherKeyPaths: others };
}

/** What is wrong with the keys that an environment names, for a start that lists everything at once. */
export function keyProblems(env: Record<string, string | undefined>): string[] {
  try {
    loadKeyRing(readKeyPaths(env), new Date());
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

function readSigningKey({ keyPath, certPath }: KeyPaths, now: Date, problems: string[]): SigningKey | null {
  const key = readFile('PORTUS_KEY_PATH', keyPath, problems);
  const certificate = certPath === null ? null : readFile('PORTUS_CERT_PATH', certPath, problems);
  if (key === null || (certPath !== null && certificate === null)) return null;
  try {
    return loadSigningKey(key, certificate, now);
  } catch (error) {
    if (!(error instanceof SigningKeyError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}

function readFile(name: string, path: string, problems: string[]): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(`${name}: ${path} can not be read (${(error as NodeJS.ErrnoException).code})`);
    return null;
  }
}

/**
 * What is wrong with the certificates of the keys at `now`, or soon will be, as sentences. To be asked again and again:
 * one that was good at the start expires while Portus runs.
 */
export function certificateProblems({ signing, published }: Omit<KeyRing, 'warnings'>, now: Date): string[] {
  const own = published.flatMap(({ keyId, certificates }) =>
    certificates.map((certificate) => ({ certificate, name: `the certificate of the key ${keyId}` })),
  );
  const between = (signing.x5c ?? []).slice(1).map((der) => {
    const certificate = new X509Certificate(Buffer.from(der, 'base64'));
    return { certificate, name: `the certificate "${certificate.subject.replaceAll('\n', ', ')}"` };
  });
  return [...own, ...between].flatMap(({ certificate, name }) => {
    const dates = problemOfDates(certificate, now);
    const soon = endsSoon(certificate, now);
    if (dates !== null) return [`${name} ${dates}; registries refuse it`];
    return soon === null ? [] : [`${name} expires on ${soon}: change the key soon`];
  });
}
