import type { Command } from 'commander';
import { People } from '#administration/people.js';
import type { User } from '#domain/user/user.entity.js';
import { PasswordHasher } from '#identity/password-hasher.js';
import { BY_COMMAND } from '#persistence/activities.repository.js';
import { withDatabase } from '../database/with-database.js';
import { EXIT_HELP, type Io } from '../io.js';
import { give, JSON_FLAG, type JsonOption, table } from '../output.js';
import { readPassword, type SecretOptions, withPassword } from '../secret-input.js';

interface CreateOptions extends SecretOptions, JsonOption {
  email?: string;
  displayName?: string;
  admin?: true;
  bot?: true;
}

/** `portus user …`: works on the database alone, also when nobody can sign in any more. */
export function addUserCommands(program: Command, io: Io): void {
  const users = program.command('user').description('people and bots, straight in the database');
  withPassword(
    users
      .command('create')
      .description('make a user')
      .argument('<username>')
      .option('--email <address>', 'of a person; a bot needs none')
      .option('--display-name <name>')
      .option('--admin', 'an administrator')
      .option('--bot', 'signs in with application tokens only, and has no password')
      .option(...JSON_FLAG),
  )
    .addHelpText('after', EXIT_HELP)
    .action((username: string, options: CreateOptions) => create(username, options, io));
  users
    .command('admin')
    .description('make a user an administrator; the last one stays')
    .argument('<username>')
    .option('--revoke', 'take it away again')
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((username: string, options: JsonOption & { revoke?: true }) => admin(username, options, io));
  withPassword(
    users
      .command('password')
      .description('set a new password; ends all sessions and logins of the user')
      .argument('[username]', 'default: the administrator, when there is only one')
      .option('--revive', 'also enable and unlock')
      .option(...JSON_FLAG),
  )
    .addHelpText('after', EXIT_HELP)
    .action((username: string | undefined, options: SecretOptions & JsonOption & { revive?: true }) =>
      password(username, options, io),
    );
  users
    .command('list')
    .description('list users')
    .option('--admins', 'administrators only')
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((options: JsonOption & { admins?: true }) => list(options, io));
}

async function create(username: string, options: CreateOptions, io: Io): Promise<void> {
  const password = options.bot ? null : await readPassword(options, io);
  const { email = null, displayName = null, admin = false, bot = false } = options;
  const made = await withPeople(io, (people) =>
    people.create(BY_COMMAND, { username, email, displayName, password, admin, bot }),
  );
  give(io, options, viewUser(made), `${made.username} was made (id ${made.id})\n`);
}

async function admin(username: string, options: JsonOption & { revoke?: true }, io: Io): Promise<void> {
  const wanted = !options.revoke;
  const { user, changed } = await withPeople(io, async (people) => {
    const found = await people.byName(username);
    const changed = await people.setAdmin(BY_COMMAND, found, wanted);
    return { user: await people.byName(username), changed };
  });
  const word = wanted ? 'an administrator' : 'no administrator';
  give(io, options, { ...viewUser(user), changed }, `${user.username} is ${word}${changed ? ' now' : ' already'}\n`);
}

async function password(
  username: string | undefined,
  options: SecretOptions & JsonOption & { revive?: true },
  io: Io,
): Promise<void> {
  const user = await withPeople(io, async (people) => {
    const found = username === undefined ? await people.onlyAdmin() : await people.byName(username);
    const text = await readPassword(options, io);
    await people.setPassword(BY_COMMAND, found, text, options.revive === true);
    return people.byName(found.username);
  });
  give(io, options, viewUser(user), `${user.username} has a new password\n`);
  if (!user.enabled || user.lockedAt !== null) {
    const state = user.enabled ? 'locked' : 'disabled';
    io.err(`note: ${user.username} is ${state} and can not sign in; --revive changes that\n`);
  }
}

async function list(options: JsonOption & { admins?: true }, io: Io): Promise<void> {
  const found = await withPeople(io, async (people) => {
    const users: User[] = [];
    for await (const user of people.list()) if (user.admin || !options.admins) users.push(user);
    return users;
  });
  const rows = found.map((user) => [String(user.id), user.username, stateOf(user), user.email ?? '']);
  give(io, options, { users: found.map(viewUser) }, table([['id', 'username', 'state', 'email'], ...rows]));
}

function stateOf({ admin, bot, enabled, lockedAt }: User): string {
  const words = [admin && 'admin', bot && 'bot', !enabled && 'disabled', lockedAt !== null && 'locked'];
  return words.filter(Boolean).join(', ') || '-';
}

/** Nothing of the password. */
function viewUser({ id, username, email, displayName, admin, bot, enabled, lockedAt }: User) {
  return { id, username, email, display_name: displayName, admin, bot, enabled, locked: lockedAt !== null };
}

async function withPeople<T>(io: Io, work: (people: People) => Promise<T>): Promise<T> {
  return withDatabase(io, (database) => work(new People(database, new PasswordHasher())));
}
