import { type Command, InvalidArgumentError } from 'commander';
import { type DoctorParts, examinePortus, examineRegistry } from '#administration/doctor/doctor.js';
import type { Finding, FindingState } from '#administration/doctor/finding.js';
import { RegistrySetup } from '#administration/registry-setup.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { ConfigurationError, loadSettings } from '#platform/config/settings.js';
import { keyProblems, loadKeyRing } from '#tokens/key-ring.js';
import { withAnyDatabase } from '../database/with-database.js';
import { CommandFailure, EXIT, EXIT_HELP, type Io } from '../io.js';
import { give, JSON_FLAG, type JsonOption } from '../output.js';

interface DoctorOptions extends JsonOption {
  portusUrl?: string;
  canary: boolean;
  patience: number;
}

const SIGNS: Record<FindingState, string> = { ok: 'ok   ', warning: 'warn ', wrong: 'WRONG', skipped: '-    ' };

/** `portus doctor`. */
export function addDoctorCommand(program: Command, io: Io): void {
  program
    .command('doctor')
    .description('look at Portus and its registries as they run, say what is wrong and which line to change')
    .argument('[registry]', 'name or hostname; default: all')
    .option('--portus-url <url>', 'where clients reach Portus; then the realm must be there')
    .option('--no-canary', 'push nothing: notifications are not looked at')
    .option('--patience <seconds>', 'how long a notification may take', seconds, 15)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `\nRun it where Portus runs, with its settings. It pushes and deletes an empty image, portus-canary.\n${EXIT_HELP}`,
    )
    .action((which: string | undefined, options: DoctorOptions) => doctor(which, options, io));
}

async function doctor(which: string | undefined, options: DoctorOptions, io: Io): Promise<void> {
  const { settings, warnings } = load(io);
  const keys = loadKeyRing(settings, new Date());
  const report = reporter(options, io);
  for (const message of warnings) {
    report([{ check: 'settings', about: 'portus', state: 'warning', message, change: 'portus config check' }]);
  }
  await withAnyDatabase(io, async (database) => {
    const parts = { settings, keys, database };
    const first = await examinePortus(parts);
    report(first);
    if (!first.some(({ check, state }) => check === 'schema' && state === 'wrong')) {
      await examineRegistries(parts, which, options, report);
    }
  });
  const wrong = report([]).filter(({ state }) => state === 'wrong').length;
  if (options.json) give(io, options, { healthy: wrong === 0, findings: report([]) }, '');
  if (wrong > 0) throw new CommandFailure(`${wrong} thing${wrong === 1 ? ' is' : 's are'} wrong`, EXIT.findings);
}

async function examineRegistries(
  parts: DoctorParts,
  which: string | undefined,
  options: DoctorOptions,
  report: (findings: Finding[]) => Finding[],
): Promise<void> {
  const setup = new RegistrySetup(parts.database);
  const registries: Registry[] = which === undefined ? await setup.list() : [await setup.find(which)];
  if (registries.length === 0) {
    const change = 'portus registry create <name> <hostname>';
    report([{ check: 'registries', about: 'portus', state: 'wrong', message: 'there is no registry', change }]);
  }
  const { canary, patience, portusUrl } = options;
  const how = { canary, patienceMs: patience * 1_000, portusUrl: portusUrl?.replace(/\/+$/, '') ?? null };
  for (const registry of registries) report(await examineRegistry(parts, registry, how));
}

/** Everything that is wrong with the settings and the keys at once. */
function load(io: Io): ReturnType<typeof loadSettings> {
  const more = keyProblems(io.env);
  try {
    const loaded = loadSettings(io.env);
    if (more.length > 0) throw new ConfigurationError(more);
    return loaded;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError([...new Set([...error.problems, ...more])]);
  }
}

/** For people each finding as soon as it is known; answers all of them until now. */
function reporter({ json }: JsonOption, io: Io): (findings: Finding[]) => Finding[] {
  const all: Finding[] = [];
  return (findings) => {
    all.push(...findings);
    if (!json) for (const finding of findings) io.out(lineOf(finding));
    return all;
  };
}

function lineOf({ check, about, state, message, change }: Finding): string {
  const line = `${SIGNS[state]} ${about} ${check}: ${message}\n`;
  return change === null ? line : `${line}      change: ${change}\n`;
}

function seconds(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 600) return number;
  throw new InvalidArgumentError('It must be a whole number of seconds from 1 to 600.');
}
