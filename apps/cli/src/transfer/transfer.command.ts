import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type ImportOptions, type ImportOutcome, ON_CONFLICT, Transfer } from '#administration/transfer/transfer.js';
import { BY_COMMAND } from '#persistence/activities.repository.js';
import { OPTIONS } from '#platform/config/options.js';
import { readOption } from '#platform/config/settings.js';
import { AddressGuard } from '#webhooks/address-guard.js';
import { withDatabase } from '../database/with-database.js';
import { createFiles, requirePlace } from '../files.js';
import { CommandFailure, EXIT, EXIT_HELP, type Io } from '../io.js';
import { give, JSON_FLAG, type JsonOption, table, toJson } from '../output.js';

const MAX_BYTES = 512 * 1024 * 1024;
const MAX_SHOWN = 50;

/** `portus export|import`: everything that people decided, and no registry can tell. */
export function addTransferCommands(program: Command, io: Io): void {
  program
    .command('export')
    .description('write users, tokens, teams, namespaces, rules, webhooks and registries as one JSON file')
    .option('-o, --output <file>', 'a new file, readable by you alone, instead of printing')
    .addHelpText('after', `\nPasswords and tokens are in it as hashes: keep it as you keep the database.\n${EXIT_HELP}`)
    .action((options: { output?: string }) => exportAll(options, io));
  program
    .command('import')
    .description('bring a file of "portus export" into this database, all of it or nothing')
    .argument('[file]', 'default: stdin')
    .option('--dry-run', 'only say what would be done')
    .addOption(
      new Option('--on-conflict <what>', 'about what is there and differs').choices(ON_CONFLICT).default('fail'),
    )
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((file: string | undefined, options: JsonOption & Partial<ImportOptions>) => importAll(file, options, io));
}

async function exportAll({ output }: { output?: string }, io: Io): Promise<void> {
  if (output !== undefined) requirePlace(output);
  const text = toJson(await withDatabase(io, (database) => new Transfer(database).exportAll(new Date())));
  if (output === undefined) io.out(text);
  else createFiles([[output, text]]);
}

async function importAll(
  file: string | undefined,
  { json, dryRun = false, onConflict = 'fail' }: JsonOption & Partial<ImportOptions>,
  io: Io,
): Promise<void> {
  const document = parse(file === undefined ? await io.input.readAll(MAX_BYTES) : read(file));
  const guard = AddressGuard.of(readOption(OPTIONS.webhookNetworks, io.env) ?? '');
  const outcome = await withDatabase(io, (database) =>
    new Transfer(database).importAll(BY_COMMAND, document, { dryRun, onConflict, guard }),
  );
  const { done, sections, conflicts } = outcome;
  give(io, json ? { json } : {}, { dry_run: dryRun, done: done && !dryRun, sections, conflicts }, describe(outcome));
  if (!done) {
    const what = 'nothing was imported: there are conflicts';
    throw new CommandFailure(`${what}; see --on-conflict keep and --on-conflict replace`, EXIT.findings);
  }
  if (dryRun) io.err('note: this was a dry run, nothing was imported\n');
}

function describe({ sections, conflicts }: ImportOutcome): string {
  const rows = Object.entries(sections).map(([name, { created, replaced, kept, unchanged }]) =>
    [name, created, replaced, kept, unchanged].map(String),
  );
  const lines = conflicts
    .slice(0, MAX_SHOWN)
    .map(({ section, key, fields }) => `differs: ${section}: ${key} (${fields.join(', ')})\n`);
  const more = conflicts.length > MAX_SHOWN ? `… and ${conflicts.length - MAX_SHOWN} more\n` : '';
  return table([['', 'created', 'replaced', 'kept', 'unchanged'], ...rows]) + lines.join('') + more;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFailure(`${file} can not be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandFailure('that is not JSON');
  }
}
