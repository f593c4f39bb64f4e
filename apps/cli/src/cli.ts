import { Command, CommanderError } from 'commander';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { ConfigurationError } from '#platform/config/settings.js';
import { VERSION } from '#platform/program/version.js';
import { addAuditCommands } from './audit/audit.command.js';
import { addBackupCommands } from './backup/backup.command.js';
import { addConfigCommands } from './config/config.command.js';
import { addDoctorCommand } from './doctor/doctor.command.js';
import { CommandFailure, EXIT, EXIT_HELP, type Exit, type Io } from './io.js';
import { addKeysCommands } from './keys/keys.command.js';
import { addRegistryCommands } from './registries/registry.command.js';
import { addTokenCommands } from './tokens/token.command.js';
import { addTransferCommands } from './transfer/transfer.command.js';
import { addApiAccountCommand } from './users/api-account.command.js';
import { addUserCommands } from './users/user.command.js';

/** Runs one command line (without node and file) to its end; returns the exit code. */
export async function runCli(args: string[], io: Io): Promise<Exit> {
  try {
    await commandLine(io).parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const [message, exit] = verdictOn(error);
    io.err(`portus: ${message}\n`);
    return exit;
  }
}

/** What is said of an expected failure, and how the program ends; throws every other error on. */
function verdictOn(error: unknown): [message: string, exit: Exit] {
  if (error instanceof ConfigurationError) return [error.message, EXIT.configuration];
  if (error instanceof CommandFailure) return [error.message, error.exit];
  if (error instanceof InvalidError) {
    const fields = Object.entries(error.fields).map(([field, messages]) => `${field} ${messages.join(', ')}`);
    return [fields.join('; '), EXIT.failed];
  }
  if (error instanceof AppError) return [error.message, EXIT.failed];
  throw error;
}

/** All commands, not run yet. */
export function commandLine(io: Io): Command {
  const program = new Command('portus')
    .description(
      'What an administrator of Portus does on the command line. It reads the same settings as the programs.',
    )
    .version(VERSION, '--version', 'which version this is')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', EXIT_HELP);
  addConfigCommands(program, io);
  addDoctorCommand(program, io);
  addUserCommands(program, io);
  addApiAccountCommand(program, io);
  addTokenCommands(program, io);
  addRegistryCommands(program, io);
  addKeysCommands(program, io);
  addAuditCommands(program, io);
  addTransferCommands(program, io);
  addBackupCommands(program, io);
  return program;
}
