import { Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { type AccountChange, type AccountReason, decideAccountChange } from '#domain/policy/accounts.js';
import type { User } from '#domain/user/user.entity.js';
import { Identity } from '#identity/identity.js';
import { type Account, type AccountFlags, AccountsRepository } from '#persistence/accounts.repository.js';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import type { Sql } from '#persistence/database.js';
import { UsersRepository } from '#persistence/users.repository.js';
import type { Person } from '../http/access.js';
import { orTooMany } from '../http/password-errors.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import type { UserChangesBody } from './users.dto.js';
import { about, UNIQUE, UsersService } from './users.service.js';

/** What administrators do to accounts; the policy has the last word. */
@Injectable()
export class UserChangesService {
  constructor(
    private readonly service: UsersService,
    private readonly users: UsersRepository,
    private readonly accounts: AccountsRepository,
    private readonly identity: Identity,
    private readonly activities: ActivitiesRepository,
  ) {}

  /**
   * All that is given, or nothing. A new password, and every change of the rights to sign in, ends the logins that
   * clients keep, the sessions, and what was verified before.
   */
  async update(person: Person, by: By, id: number, input: UserChangesBody): Promise<User> {
    const { password } = input;
    const passwordHash =
      password === undefined ? undefined : await orTooMany(() => this.identity.hashPassword(password));
    await uniqueOr422(UNIQUE, () =>
      this.accounts.alone(async (sql) => {
        const account = await this.accountFor(person, id, sql);
        refuseRename(account, input.username);
        const next = flagsOf(account, input);
        for (const change of changesOf(account, input, next)) requireChange(person, change, account);
        const { email, display_name: displayName } = input;
        const fields = fieldsOf(account, input);
        if (fields.length > 0) await this.users.update(id, { email, displayName, passwordHash }, sql);
        const told = flagActivities(account, next);
        if (told.length > 0) await this.accounts.setFlags(id, next, sql);
        if (fields.length > 0) told.unshift(about('user.update', account, { fields }));
        for (const activity of told) await this.activities.record(by, activity, sql);
      }),
    );
    return this.service.get(String(id));
  }

  /**
   * Removes a user: tokens, sessions, memberships, stars and comments go, tags and activities keep the name, and of the
   * personal namespaces those that hold nothing go too (the others become the administrators'). Not while it would leave
   * a team without an owner.
   */
  async delete(person: Person, by: By, id: number): Promise<void> {
    await this.accounts.alone(async (sql) => {
      const account = await this.accountFor(person, id, sql);
      requireChange(person, 'delete', account);
      const teams = await this.accounts.lastOwnerOf(id, sql);
      if (teams.length > 0) throw new InvalidError({ teams: [`would have no owner: ${teams.join(', ')}`] });
      const { removed, kept } = await this.accounts.remove(id, sql);
      const { admin, bot } = account;
      const details = { admin, bot, namespaces: { removed, kept } };
      await this.activities.record(by, about('user.delete', account, details), sql);
    });
  }

  /** The caller's rights are looked at again: somebody else may just have taken them away. */
  private async accountFor(person: Person, id: number, sql: Sql): Promise<Account> {
    const caller = await this.accounts.find(person.userId, sql);
    if (!caller?.admin || !caller.enabled || caller.locked) throw new AppError('forbidden', 'Authorization fails');
    const account = await this.accounts.find(id, sql);
    if (account === null) throw new AppError('not_found', 'Not found');
    return account;
  }
}

/** Tokens and images carry the name. */
function refuseRename(account: Account, username: string | undefined): void {
  if (username === undefined || username === account.username || account.service) return;
  throw new InvalidError({ username: ['can not be changed'] });
}

function flagsOf({ admin, enabled, locked }: Account, input: UserChangesBody): AccountFlags {
  return { admin: input.admin ?? admin, enabled: input.enabled ?? enabled, locked: input.locked ?? locked };
}

function fieldsOf(account: Account, input: UserChangesBody): string[] {
  const fields: string[] = [];
  if (input.email !== undefined && input.email !== account.email) fields.push('email');
  if (input.display_name !== undefined && input.display_name !== account.displayName) fields.push('display_name');
  if (input.password !== undefined) fields.push('password');
  return fields;
}

function changesOf(account: Account, input: UserChangesBody, next: AccountFlags): AccountChange[] {
  const fields = fieldsOf(account, input);
  const changes: AccountChange[] = [];
  if (input.password !== undefined) changes.push('set-password');
  if (fields.includes('email')) changes.push('change-email');
  if (next.admin !== account.admin) changes.push(next.admin ? 'promote' : 'demote');
  if (next.enabled !== account.enabled) changes.push(next.enabled ? 'enable' : 'disable');
  if (next.locked !== account.locked) changes.push(next.locked ? 'lock' : 'unlock');
  // Also where nothing is new: that it is refused must not depend on what is sent.
  return changes.length > 0 ? changes : ['describe'];
}

function flagActivities(account: Account, { admin, enabled, locked }: AccountFlags): NewActivity[] {
  const told: NewActivity[] = [];
  if (admin !== account.admin) told.push(about('user.admin', account, { admin }));
  if (enabled !== account.enabled) told.push(about('user.enabled', account, { enabled }));
  if (locked !== account.locked) told.push(about(locked ? 'user.update' : 'user.unlock', account, { locked }));
  return told;
}

const REFUSED: Partial<Record<AccountReason, string>> = {
  oneself: 'nobody does this to the own account',
  'last-admin': 'the last administrator who can sign in stays',
  'token-limits': 'a token that is restricted or expires gives nothing that outlives it',
};
/** Portus answers 422 to these. */
const OF_PROFILE: readonly AccountChange[] = ['describe', 'change-email', 'set-password'];

function requireChange(person: Person, change: AccountChange, account: Account): void {
  const { allow, reason } = decideAccountChange(person, change, account);
  if (allow) return;
  if (reason === 'bot') throw new InvalidError({ password: ['a bot has none'] });
  if (reason === 'service-account' && OF_PROFILE.includes(change)) {
    throw new InvalidError({ username: ['of the service account: it follows the environment'] });
  }
  throw new AppError('forbidden', REFUSED[reason] ?? 'Authorization fails');
}
