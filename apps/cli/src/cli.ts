import { Command, CommanderError } from 'commander';
import { ConfigurationError } from '#platform/config/settings.js';
import { CommandFailure, EXIT, EXIT_HELP, type Io } from './io.js';
import { addKeysCommands } from './keys/keys.command.js';

/** Runs one command line (without node and file) to its end; returns the exit code. */
export async function runCli(args: string[], io: Io): Promise<number> {
  try {
    await commandLine(io).parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof ConfigurationError) {
      io.err(`portus: ${error.message}\n`);
      return EXIT.configuration;
    }
    if (!(error instanceof CommandFailure)) throw error;
    io.err(`portus: ${error.message}\n`);
    return EXIT.failed;
  }
}

function commandLine(io: Io): Command {
  const program = new Command('portus')
    .description(
      'What an administrator of Portus does on the command line. It reads the same settings as the programs.',
    )
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', EXIT_HELP);
  addKeysCommands(program, io);
  return program;
}
