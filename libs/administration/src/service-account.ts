import { SERVICE_ACCOUNT } from '#catalog/registry-clients.js';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { Identity } from '#identity/identity.js';
import { uniqueOr422 } from '#persistence/unique-violation.js';
import type { UsersRepository } from '#persistence/users.repository.js';

/** made: it was not there. changed: it had another password. kept: it was as it should be. */
export type AccountOutcome = 'made' | 'changed' | 'kept';

/**
 * Sees to it that the account as which Portus acts is there and has this password. Several may do it at once: who
 * comes second finds it done. Throws `conflict` when a person has its name.
 */
export async function ensureServiceAccount(
  users: Pick<UsersRepository, 'findByName' | 'create' | 'setPassword'>,
  passwords: Pick<Identity, 'hashPassword' | 'matches'>,
  password: string,
): Promise<AccountOutcome> {
  const known = await users.findByName(SERVICE_ACCOUNT);
  if (known === null) return make(users, await passwords.hashPassword(password));
  if (!known.service) {
    throw new AppError('conflict', `there is a user ${SERVICE_ACCOUNT} who is not the service account`);
  }
  if (await passwords.matches(known.passwordHash, password)) return 'kept';
  await users.setPassword(known.id, await passwords.hashPassword(password));
  return 'changed';
}

async function make(users: Pick<UsersRepository, 'create'>, passwordHash: string): Promise<AccountOutcome> {
  const row = { username: SERVICE_ACCOUNT, email: null, passwordHash, displayName: null, bot: false };
  try {
    const work = () => users.create({ ...row, admin: true, service: true });
    await uniqueOr422({ users_username_key: 'username' }, work);
    return 'made';
  } catch (error) {
    if (error instanceof InvalidError) return 'kept';
    throw error;
  }
}
