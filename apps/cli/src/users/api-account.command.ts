import type { Command } from 'commander';
import { type AccountOutcome, ensureServiceAccount } from '#administration/service-account.js';
import { PasswordHasher } from '#identity/password-hasher.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { OPTIONS } from '#platform/config/options.js';
import { ConfigurationError, readOption } from '#platform/config/settings.js';
import { withDatabase } from '../database/with-database.js';
import { EXIT_HELP, type Io } from '../io.js';
import { give, JSON_FLAG, type JsonOption } from '../output.js';

const WORDS: Record<AccountOutcome, string> = {
  made: 'was made',
  changed: 'has the password of the settings now',
  kept: 'is as it should be',
};

/** `portus api-account`: the account as which Portus acts, as `portus:create_api_account` of Portus made it. */
export function addApiAccountCommand(program: Command, io: Io): void {
  program
    .command('api-account')
    .description(`make the service account "portus", or give it the password of ${OPTIONS.servicePassword.name}`)
    .option(...JSON_FLAG)
    .addHelpText('after', `\nThe api does the same at each of its starts.\n${EXIT_HELP}`)
    .action(async (options: JsonOption) => {
      const { name } = OPTIONS.servicePassword;
      const password = readOption(OPTIONS.servicePassword, io.env);
      if (password === null) throw new ConfigurationError([`${name} is not set: ${OPTIONS.servicePassword.text}`]);
      const hasher = new PasswordHasher();
      const passwords = {
        hashPassword: (text: string) => hasher.hash(text),
        matches: (hash: string | null, text: string) => hasher.verify(hash, text),
      };
      const outcome = await withDatabase(io, (database) =>
        ensureServiceAccount(new UsersRepository(database), passwords, password),
      );
      give(io, options, { account: 'portus', outcome }, `portus ${WORDS[outcome]}\n`);
    });
}
