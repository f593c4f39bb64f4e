import type { Command } from 'commander';
import { type EffectiveSetting, reportSettings } from '#platform/config/effective-settings.js';
import { ConfigurationError } from '#platform/config/settings.js';
import { keyProblems } from '#tokens/key-ring.js';
import { EXIT_HELP, type Io } from '../io.js';
import { give, JSON_FLAG, type JsonOption, table } from '../output.js';

/** `portus config …`: what the programs would make of this environment. Needs nothing that runs. */
export function addConfigCommands(program: Command, io: Io): void {
  const config = program.command('config').description('the settings');
  config
    .command('check')
    .description('show the settings in effect, without secrets, and everything that is wrong with them')
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((options: JsonOption) => check(options, io));
}

function check(options: JsonOption, io: Io): void {
  const { problems, warnings, settings } = reportSettings(io.env);
  const all = [...new Set([...problems, ...keyProblems(io.env)])];
  const view = settings.map(({ name, value, secret, from }) => ({ name, value, secret, from }));
  give(io, options, { valid: all.length === 0, problems: all, warnings, settings: view }, describe(settings));
  if (!options.json) for (const warning of warnings) io.err(`warning: ${warning}\n`);
  if (all.length > 0) throw new ConfigurationError(all);
}

function describe(settings: EffectiveSetting[]): string {
  return table(settings.map(({ name, value, secret, from }) => [name, `(${from})`, textOf(value, secret, from)]));
}

function textOf(value: string | null, secret: boolean, from: EffectiveSetting['from']): string {
  if (from === 'not set') return '';
  return secret ? '********' : (value ?? '');
}
