import { randomBytes } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CONFIG_VERSIONS, type ConfigVersion, registryConfig } from '#administration/registry-config.js';
import { RegistrySetup } from '#administration/registry-setup.js';
import { BY_COMMAND } from '#persistence/activities.repository.js';
import { OPTIONS } from '#platform/config/options.js';
import { readOption } from '#platform/config/settings.js';
import { type KeyRing, loadKeyRing, readKeyPaths } from '#tokens/key-ring.js';
import { withDatabase } from '../database/with-database.js';
import { createFiles, requirePlace } from '../files.js';
import { CommandFailure, EXIT, EXIT_HELP, type Io } from '../io.js';
import { readSecretFile } from '../secret-input.js';

interface ConfigOptions {
  registryVersion: ConfigVersion;
  portusUrl?: string;
  webhookUrl?: string;
  webhookSecretFile?: string;
  newSecret?: true;
  httpSecretFile?: string;
  bundle: string;
  jwks?: string;
  tlsCertificate?: string;
  tlsKey?: string;
  host?: string;
  address: string;
  storage: string;
  output?: string;
}

/** `portus registry config`. */
export function addRegistryConfigCommand(registries: Command, io: Io): void {
  const [service, secret] = [OPTIONS.initRegistryHostname.name, OPTIONS.initRegistryWebhookSecret.name];
  registries
    .command('config')
    .description(`print a registry's complete config.yml; it holds its webhook secret`)
    .argument('[registry]', `name or hostname; default: that of ${service}, or the only one`)
    .addOption(new Option('--registry-version <version>', '3 is 3.x').choices(CONFIG_VERSIONS).default('3'))
    .option('--portus-url <url>', `where clients reach Portus (default: https:// and ${OPTIONS.machineFqdn.name})`, url)
    .option('--webhook-url <url>', 'where the registry reaches Portus (default: the same)', url)
    .addOption(
      new Option('--webhook-secret-file <file>', `default: ${secret}, when it is that registry's`).conflicts(
        'newSecret',
      ),
    )
    .option('--new-secret', 'make a new webhook secret; the present one stays valid until it is ended')
    .option('--http-secret-file <file>', 'the same on all replicas of the registry (default: a new one)')
    .option('--bundle <path>', 'of "portus keys bundle", as the registry sees it', '/etc/registry/portus.pem')
    .option('--jwks <path>', 'of "portus keys jwks", as registry 3.x sees it; needed where no certificate is named')
    .option('--tls-certificate <path>', 'the registry speaks TLS itself')
    .option('--tls-key <path>', 'its key')
    .option('--host <url>', 'where clients reach the registry, when a proxy before it speaks TLS', url)
    .option('--address <address>', 'where the registry listens', ':5000')
    .option('--storage <folder>', 'where it keeps images', '/var/lib/registry')
    .option('-o, --output <file>', 'a new file, readable by you alone, instead of printing')
    .addHelpText('after', EXIT_HELP)
    .action((which: string | undefined, options: ConfigOptions) => config(which, options, io));
}

async function config(which: string | undefined, options: ConfigOptions, io: Io): Promise<void> {
  if ((options.tlsCertificate === undefined) !== (options.tlsKey === undefined)) {
    throw new CommandFailure('--tls-certificate and --tls-key go together', EXIT.usage);
  }
  // A new secret is shown nowhere else: not to be lost for want of a place.
  if (options.output !== undefined) requirePlace(options.output);
  const ring = loadKeyRing(readKeyPaths(io.env), new Date());
  const issuer = readOption(OPTIONS.machineFqdn, io.env)!;
  const portusUrl = options.portusUrl ?? `https://${issuer}`;
  const { service, webhookSecret } = await identityOf(which, options, io);
  const text = registryConfig({
    version: options.registryVersion,
    service,
    webhookSecret,
    portusUrl,
    webhookUrl: options.webhookUrl ?? portusUrl,
    issuer,
    httpSecret: options.httpSecretFile ? readSecretFile(options.httpSecretFile) : randomBytes(32).toString('hex'),
    ...trust(options, ring),
    algorithms: [...new Set(ring.published.map(({ algorithm }) => algorithm))],
    tls: options.tlsCertificate ? { certificate: options.tlsCertificate, key: options.tlsKey! } : null,
    host: options.host ?? null,
    address: options.address,
    storage: options.storage,
  });
  if (options.output === undefined) io.out(text);
  else createFiles([[options.output, text]]);
  if (options.newSecret) io.err(`note: end the former webhook secret when the registry runs with this file\n`);
}

/** By what the registry knows the keys: its bundle where they have certificates, else (3.x) the JWK Set. */
function trust({ registryVersion, bundle, jwks }: ConfigOptions, ring: KeyRing) {
  const bare = ring.published.some(({ certificates }) => certificates.length === 0);
  if (!bare) return { bundle, jwks: registryVersion === '3' ? (jwks ?? null) : null };
  if (registryVersion === '3' && jwks !== undefined) {
    return { bundle: ring.signing.x5c === null ? null : bundle, jwks };
  }
  const missing = `no certificate is known of a key: name it in ${OPTIONS.certPath.name} or ${OPTIONS.otherKeyPaths.name}`;
  throw new CommandFailure(`${missing}${registryVersion === '3' ? ', or give --jwks' : ''}`);
}

/** Before the first start the settings say it; afterwards the database does, of which only hashes of secrets are known. */
async function identityOf(
  which: string | undefined,
  options: ConfigOptions,
  io: Io,
): Promise<{ service: string; webhookSecret: string }> {
  const first = readOption(OPTIONS.initRegistryHostname, io.env);
  const named = readOption(OPTIONS.initRegistryWebhookSecret, io.env);
  const given = options.webhookSecretFile === undefined ? named : readSecretFile(options.webhookSecretFile);
  if (which === undefined && first !== null && !options.newSecret && given !== null) {
    return { service: readOption(OPTIONS.initRegistryExternalHostname, io.env) ?? first, webhookSecret: given };
  }
  return withDatabase(io, async (database) => {
    const setup = new RegistrySetup(database);
    const registry = await setup.find(which);
    const service = registry.externalHostname ?? registry.hostname;
    if (options.newSecret) return { service, webhookSecret: await setup.rotateSecret(BY_COMMAND, registry) };
    if (given !== null && setup.knows(registry, given)) return { service, webhookSecret: given };
    const reason = given === null ? 'only a hash of its webhook secret is stored' : 'that is not its webhook secret';
    throw new CommandFailure(`${reason}: give --webhook-secret-file, or make another one with --new-secret`);
  });
}

function url(value: string): string {
  const good = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).search === '';
  if (good) return value.replace(/\/+$/, '');
  throw new InvalidArgumentError('It must be an http or https URL without a query.');
}
