import { type Command, InvalidArgumentError, Option } from 'commander';
import { makeApplicationToken } from '#administration/application-tokens.js';
import { People } from '#administration/people.js';
import { ACTIONS, type Action } from '#domain/naming/scope.js';
import { isNamespaceName } from '#domain/naming/repository-name.js';
import { PasswordHasher } from '#identity/password-hasher.js';
import { ActivitiesRepository, BY_COMMAND } from '#persistence/activities.repository.js';
import { ApplicationTokensRepository } from '#persistence/application-tokens.repository.js';
import { withDatabase } from '../database/with-database.js';
import { EXIT_HELP, type Io } from '../io.js';
import { give, JSON_FLAG, type JsonOption } from '../output.js';
import { explain } from './explain.js';

interface CreateOptions extends JsonOption {
  days?: number;
  actions?: Action[];
  namespaces?: string[];
}

const DAY_MS = 86_400_000;
const MAX_NAME = 255;

/** `portus token …`: application tokens, and what the tokens of registries say. */
export function addTokenCommands(program: Command, io: Io): void {
  const tokens = program.command('token').description('application tokens, and what a token says');
  tokens
    .command('create')
    .description('make an application token for a user or a bot; it is printed this once')
    .argument('<username>')
    .argument('<application>', 'what it is for', application)
    .option('--days <days>', 'how long it lives (default: without an end)', days)
    .addOption(new Option('--actions <list>', `at most these of ${ACTIONS.join(', ')}`).argParser(actions))
    .option('--namespaces <list>', 'at most in these namespaces', namespaces)
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((username: string, application: string, options: CreateOptions) =>
      create(username, application, options, io),
    );
  tokens
    .command('explain')
    .description('tell what a token of a registry, or an application token, says and is good for')
    .argument('[file]', 'where it is; default: stdin. Never the token itself: command lines are seen by everybody')
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((file: string | undefined, options: JsonOption) => explain(file, options, io));
}

async function create(username: string, application: string, options: CreateOptions, io: Io): Promise<void> {
  const { actions = null, namespaces = null } = options;
  const expiresAt = options.days === undefined ? null : new Date(Date.now() + options.days * DAY_MS);
  const { token, plain } = await withDatabase(io, async (database) => {
    const user = await new People(database, new PasswordHasher()).byName(username);
    const [tokens, activities] = [new ApplicationTokensRepository(database), new ActivitiesRepository(database)];
    const wish = { application, expiresAt, actions, namespaces };
    return makeApplicationToken({ tokens, activities, database }, BY_COMMAND, user, wish);
  });
  const expires_at = token.expiresAt?.toISOString() ?? null;
  const view = { id: token.id, username, application, expires_at, actions, namespaces, plain_token: plain };
  give(io, options, view, `${plain}\n`);
  if (!options.json) io.err(`token ${token.id} of ${username}; it is not shown again\n`);
}

function application(value: string): string {
  const name = value.trim();
  if (name !== '' && name.length <= MAX_NAME && !name.includes('\0')) return name;
  throw new InvalidArgumentError(`It must have 1 to ${MAX_NAME} characters.`);
}

function days(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 36_500) return number;
  throw new InvalidArgumentError('It must be a whole number of days from 1 to 36500.');
}

function actions(value: string): Action[] {
  const words = [...new Set(value.split(',').map((word) => word.trim()))];
  const known = ACTIONS.filter((action) => words.includes(action));
  if (known.length === words.length) return known;
  throw new InvalidArgumentError(`They must be some of ${ACTIONS.join(', ')}.`);
}

function namespaces(value: string): string[] {
  const names = value.split(',').map((name) => name.trim());
  if (names.length <= 100 && names.every((name) => name === '' || isNamespaceName(name))) return names;
  throw new InvalidArgumentError('They must be at most 100 names of namespaces; the empty one is the global one.');
}
