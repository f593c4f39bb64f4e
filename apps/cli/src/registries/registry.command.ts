import type { Command } from 'commander';
import { newWebhookSecret, RegistrySetup } from '#administration/registry-setup.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { BY_COMMAND } from '#persistence/activities.repository.js';
import { withDatabase } from '../database/with-database.js';
import { EXIT_HELP, type Io } from '../io.js';
import { give, JSON_FLAG, type JsonOption, table } from '../output.js';
import { readSecretFile } from '../secret-input.js';
import { addRegistryConfigCommand } from './registry-config.command.js';
import { addSyncCommands } from './sync.command.js';

interface CreateOptions extends JsonOption {
  externalHostname?: string;
  useSsl?: true;
  webhookSecretFile?: string;
  check: boolean;
}

/** `portus registry …`. */
export function addRegistryCommands(program: Command, io: Io): void {
  const registries = program.command('registry').description('the registries that Portus stands beside');
  registries
    .command('create')
    .description('make a registry known; prints the webhook secret that its configuration needs')
    .argument('<name>')
    .argument('<hostname>', 'host[:port] by which Portus reaches it, also its `service`')
    .option('--external-hostname <host>', 'host[:port] that clients use, where it differs')
    .option('--use-ssl', 'it speaks TLS')
    .option('--webhook-secret-file <file>', 'the secret that its notifications carry (default: a new one)')
    .option('--no-check', 'do not ask whether it answers')
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((name: string, hostname: string, options: CreateOptions) => create(name, hostname, options, io));
  registries
    .command('list')
    .description('list registries')
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((options: JsonOption) => list(options, io));
  addSyncCommands(registries, io);
  addRegistryConfigCommand(registries, io);
}

async function create(name: string, hostname: string, options: CreateOptions, io: Io): Promise<void> {
  const { webhookSecretFile: file, externalHostname = null, useSsl = false } = options;
  const webhookSecret = file === undefined ? newWebhookSecret() : readSecretFile(file);
  const input = { name, hostname, externalHostname, useSsl, webhookSecret };
  const made = await withDatabase(io, (database) =>
    new RegistrySetup(database).create(BY_COMMAND, input, options.check),
  );
  const secret = file === undefined ? { webhook_secret: webhookSecret } : {};
  const shown = file === undefined ? `webhook secret: ${webhookSecret}\n` : '';
  give(io, options, { ...viewRegistry(made), ...secret }, `${made.name} was made (id ${made.id})\n${shown}`);
}

async function list(options: JsonOption, io: Io): Promise<void> {
  const found = await withDatabase(io, (database) => new RegistrySetup(database).list());
  const rows = found.map(({ id, name, hostname, externalHostname, useSsl }) => [
    String(id),
    name,
    hostname,
    externalHostname ?? '-',
    useSsl ? 'yes' : 'no',
  ]);
  const head = ['id', 'name', 'hostname', 'external hostname', 'tls'];
  give(io, options, { registries: found.map(viewRegistry) }, table([head, ...rows]));
}

function viewRegistry({ id, name, hostname, externalHostname, useSsl }: Registry) {
  return { id, name, hostname, external_hostname: externalHostname, use_ssl: useSsl };
}
