import { existsSync, readFileSync } from 'node:fs';
import { OPTIONS } from '#platform/config/options.js';
import { readOption } from '#platform/config/settings.js';
import { type KeyPaths, type KeyRing, loadKeyRing, readKeyPaths } from '#tokens/key-ring.js';
import { type KeyKind, makeSigningKey } from '#tokens/make-signing-key.js';
import { bundleOf, jwksOf, mergeKeys, type PublishedKey, readPublishedKeys } from '#tokens/published-key.js';
import { createFiles } from '../files.js';
import { CommandFailure, type Io } from '../io.js';
import { give, type JsonOption, toJson } from '../output.js';

export interface RotateOptions extends JsonOption {
  kind: KeyKind;
  days: number;
}

/** One step of a rotation: what was written, and what is to be done by hand before the next one. */
interface Step {
  step: 'publish' | 'sign' | 'forget';
  files: string[];
  /** Settings to change; null: to be unset. */
  settings: Record<string, string | null>;
  todo: string[];
}

const { keyPath: KEY, certPath: CERT, otherKeyPaths: OTHERS } = OPTIONS;

/**
 * Leads through a change of the key: publish, sign, forget. Which step is next is seen in the settings, so the same
 * command is given each time. Only new files are written.
 */
export async function rotate(name: string, options: RotateOptions, io: Io): Promise<void> {
  const paths = readKeyPaths(io.env);
  const ring = loadKeyRing(paths, new Date());
  const files = { key: `${name}.key`, certificate: `${name}.crt` };
  const made = existsSync(files.key) || existsSync(files.certificate);
  if (!made) await generate(files, options, io);
  const next = publishedOf(files.certificate);
  const step = await nextStep(name, { paths, ring, next }, made ? [] : Object.values(files), io);
  give(io, options, { key_id: next.keyId, ...step }, describe(step));
}

interface Rotation {
  paths: KeyPaths;
  ring: KeyRing;
  next: PublishedKey;
}

async function nextStep(name: string, rotation: Rotation, made: string[], io: Io): Promise<Step> {
  const { paths, ring, next } = rotation;
  if (ring.signing.keyId === next.keyId) return forget(name, ring, io);
  if (ring.published.some(({ keyId }) => keyId === next.keyId)) return sign(name, paths);
  const both = mergeKeys([...ring.published, next]);
  const written = made.length > 0 ? await writeTrust(`${name}.both`, both) : [];
  return {
    step: 'publish',
    files: [...made, ...written],
    settings: { [OTHERS.name]: [...paths.otherKeyPaths, `${name}.crt`].join(',') },
    todo: [
      `bring ${name}.both.* to all registries (rootcertbundle, or jwks of 3.x) and restart them`,
      'restart the apis and workers with the setting',
      `give this command again: portus keys rotate ${name}`,
    ],
  };
}

/** Who signed until now is still to be trusted: by its certificate, or by the key where only registries have that. */
function sign(name: string, { keyPath, certPath, otherKeyPaths }: KeyPaths): Step {
  const others = [certPath ?? keyPath, ...otherKeyPaths.filter((path) => path !== `${name}.crt`)];
  return {
    step: 'sign',
    files: [],
    settings: {
      [KEY.name]: `${name}.key`,
      ...(certPath === null ? {} : { [CERT.name]: `${name}.crt` }),
      [OTHERS.name]: others.join(','),
    },
    todo: [
      'only when all registries run with the new file: portus doctor tells nothing wrong',
      'restart the apis and workers with these settings, one after the other',
      `give this command again: portus keys rotate ${name}`,
    ],
  };
}

async function forget(name: string, ring: KeyRing, io: Io): Promise<Step> {
  const own = ring.published.filter(({ keyId }) => keyId === ring.signing.keyId);
  const lifetimes = [OPTIONS.tokenLifetime, OPTIONS.pullTokenLifetime, OPTIONS.pushTokenLifetime];
  const minutes = Math.max(...lifetimes.map((option) => Number(readOption(option, io.env) ?? 0))) + 1;
  const file = `${name}.only`;
  const there = [`${file}.pem`, `${file}.jwks.json`].some((path) => existsSync(path));
  return {
    step: 'forget',
    files: there ? [] : await writeTrust(file, own),
    settings: { [OTHERS.name]: null },
    todo: [
      `wait ${minutes} minutes: until then tokens of the old key are about`,
      `bring ${file}.* to all registries and restart them; restart the apis and workers with the setting`,
    ],
  };
}

/** What registries read: certificates where all keys have one, and the JWK Set. */
async function writeTrust(name: string, keys: PublishedKey[]): Promise<string[]> {
  const bare = keys.some(({ certificates }) => certificates.length === 0);
  const files: [string, string][] = [[`${name}.jwks.json`, toJson(await jwksOf(keys))]];
  if (!bare) files.push([`${name}.pem`, bundleOf(keys)]);
  createFiles(files);
  return files.map(([path]) => path);
}

async function generate(files: { key: string; certificate: string }, options: RotateOptions, io: Io): Promise<void> {
  const commonName = readOption(OPTIONS.machineFqdn, io.env) ?? '';
  const { keyPem, certificatePem } = await makeSigningKey({ commonName, kind: options.kind, days: options.days });
  createFiles([
    [files.key, keyPem],
    [files.certificate, certificatePem],
  ]);
}

function publishedOf(path: string): PublishedKey {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandFailure(`${path} can not be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}`);
  }
  const [key] = readPublishedKeys(text, path).keys;
  if (key === undefined) throw new CommandFailure(`${path} holds no certificate of a key that registries can verify`);
  return key;
}

function describe({ step, files, settings, todo }: Step): string {
  const lines = [
    `step: ${step}`,
    ...files.map((path) => `wrote ${path}`),
    ...Object.entries(settings).map(([name, value]) => (value === null ? `unset ${name}` : `${name}=${value}`)),
    ...todo.map((what, i) => `${i + 1}. ${what}`),
  ];
  return `${lines.join('\n')}\n`;
}
