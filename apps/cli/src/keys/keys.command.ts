import { type Command, InvalidArgumentError, Option } from 'commander';
import { OPTIONS } from '#platform/config/options.js';
import { readOption } from '#platform/config/settings.js';
import { type KeyRing, loadKeyRing, readKeyPaths } from '#tokens/key-ring.js';
import { KEY_KINDS, type KeyKind, makeSigningKey } from '#tokens/make-signing-key.js';
import { bundleOf, jwksOf } from '#tokens/published-key.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { CommandFailure, EXIT_HELP, type Io } from '../io.js';
import { JSON_FLAG, toJson } from '../output.js';
import { rotate, type RotateOptions } from './rotate.js';
import { describeKeys, type KeyView, viewKeys } from './key-view.js';
import { createFiles, replaceFile } from '../files.js';

interface OutputOptions {
  output?: string;
  json?: true;
}

interface GenerateOptions {
  kind: KeyKind;
  days: number;
  commonName?: string;
  json?: true;
}

const OUTPUT = ['-o, --output <file>', 'replace this file in one step, instead of printing'] as const;

/** `portus keys …`: the signing keys, and what registries are told of them. Needs no database. */
export function addKeysCommands(program: Command, io: Io): void {
  const keys = program.command('keys').description('the keys that sign tokens, and what registries are told of them');
  keys
    .command('bundle')
    .description(`print the certificates of all keys as PEM, for the registry's auth.token.rootcertbundle`)
    .option(...OUTPUT)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `\nReads ${OPTIONS.keyPath.name}, _CERT_PATH and ${OPTIONS.otherKeyPaths.name}.\n${EXIT_HELP}`,
    )
    .action((options: OutputOptions) => bundle(options, io));
  keys
    .command('jwks')
    .description('print the public keys as a JWK Set, for auth.token.jwks of registry 3.x')
    .option(...OUTPUT)
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((options: OutputOptions) => jwks(options, io));
  keys
    .command('generate')
    .description('make a key and a certificate of it: <name>.key and <name>.crt, readable by you alone')
    .argument('<name>', 'path without extension; neither file may exist')
    .addOption(
      new Option('--kind <kind>', 'ec: P-256, small and fast; rsa: 2048 bits').choices(KEY_KINDS).default('ec'),
    )
    .option('--days <days>', 'how long the certificate is valid', days, 3650)
    .option('--common-name <name>', `subject of the certificate (default: ${OPTIONS.machineFqdn.name})`)
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((name: string, options: GenerateOptions) => generate(name, options, io));
  keys
    .command('rotate')
    .description('change the key in steps: say what to do next, and write the new files for it')
    .argument('<name>', 'of the new key: path without extension, the same at each step')
    .addOption(new Option('--kind <kind>', 'of the new key').choices(KEY_KINDS).default('ec'))
    .option('--days <days>', 'how long its certificate is valid', days, 3650)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `\nWhich step is next is seen in the settings: publish, sign, forget.\nNothing is overwritten, and nothing is changed but by you.\n${EXIT_HELP}`,
    )
    .action((name: string, options: RotateOptions) => rotate(name, options, io));
}

async function bundle(options: OutputOptions, io: Io): Promise<void> {
  const ring = readRing(io);
  const bare = ring.published.filter(({ certificates }) => certificates.length === 0);
  if (bare.length > 0) {
    const ids = bare.map(({ keyId }) => keyId).join(', ');
    throw new CommandFailure(
      `no certificate is known of the key ${ids}, and a bundle without it would shut its tokens out. Name the certificate in ${OPTIONS.certPath.name} (tokens then carry it) or ${OPTIONS.otherKeyPaths.name} (they do not), or give registry 3.x a file of "portus keys jwks".`,
    );
  }
  const pem = bundleOf(ring.published);
  give(pem, { bundle: pem, keys: viewKeys(ring) }, options, io);
}

async function jwks(options: OutputOptions, io: Io): Promise<void> {
  const ring = readRing(io);
  const set = await jwksOf(ring.published);
  give(toJson(set), { jwks: set, keys: viewKeys(ring) }, options, io);
  if (ring.signing.x5c !== null) {
    io.err(
      `note: ${OPTIONS.certPath.name} is set, so tokens carry the certificate. Registry 3.x then needs it in rootcertbundle too; with a jwks file alone it refuses them.\n`,
    );
  }
}

function readRing({ env }: Io): KeyRing {
  return loadKeyRing(readKeyPaths(env), new Date());
}

/** What a registry reads, to where it was asked for; and which keys it is about, for programs or for people. */
function give(
  text: string,
  facts: { keys: KeyView[]; [fact: string]: unknown },
  { output, json }: OutputOptions,
  io: Io,
): void {
  if (output !== undefined) replaceFile(output, text);
  if (json) io.out(toJson(facts));
  else if (output === undefined) io.out(text);
  if (!json) io.err(describeKeys(facts.keys));
}

async function generate(name: string, options: GenerateOptions, io: Io): Promise<void> {
  const commonName = options.commonName ?? readOption(OPTIONS.machineFqdn, io.env) ?? '';
  const { keyPem, certificatePem } = await makeSigningKey({ commonName, kind: options.kind, days: options.days });
  const files = { key: `${name}.key`, certificate: `${name}.crt` };
  createFiles([
    [files.key, keyPem],
    [files.certificate, certificatePem],
  ]);
  const { keyId, algorithm, certificate } = loadSigningKey(keyPem, certificatePem, new Date());
  const made = { ...files, keyId, algorithm, validTo: new Date(certificate!.validTo).toISOString() };
  if (options.json) io.out(toJson(made));
  else io.out(`${files.key}\n${files.certificate}\n`);
  if (!options.json) io.err(`${algorithm}, key id ${keyId}, certificate valid until ${made.validTo}\n`);
}

function days(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 36_500) return number;
  throw new InvalidArgumentError('It must be a whole number of days from 1 to 36500.');
}
