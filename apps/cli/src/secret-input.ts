import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { CommandFailure, EXIT, type Io } from './io.js';

/** Passwords are short; whatever is longer is the wrong file. */
const MAX_BYTES = 4_096;

export interface SecretOptions {
  passwordFile?: string;
  passwordStdin?: true;
}

/** Never an option with the password itself: everybody on the machine sees the command lines of all processes. */
export function withPassword(command: Command): Command {
  return command
    .addOption(new Option('--password-file <file>', 'read the password from a file').conflicts('passwordStdin'))
    .option('--password-stdin', 'read the password from stdin');
}

/** The password, from where the options say, or asked for twice. */
export async function readPassword(options: SecretOptions, io: Io): Promise<string> {
  if (options.passwordFile !== undefined) return readSecretFile(options.passwordFile);
  if (options.passwordStdin) return withoutLineEnd(await io.input.readAll(MAX_BYTES));
  if (!io.input.isTerminal) {
    throw new CommandFailure('there is nobody to ask: give --password-stdin or --password-file', EXIT.usage);
  }
  const first = await io.input.askSecret('Password: ');
  const second = await io.input.askSecret('Once more: ');
  if (first !== second) throw new CommandFailure('these are two different passwords');
  return first;
}

/** A secret that a file holds, without the line end behind it. */
export function readSecretFile(path: string, maxBytes = MAX_BYTES): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandFailure(`${path} can not be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}`);
  }
  if (text.length > maxBytes) throw new CommandFailure(`${path} holds more than a secret`);
  return withoutLineEnd(text);
}

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');
