import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { decideBootstrap, decideSignUp, type SignUpDecision, type SiteFacts } from '#domain/policy/sign-up.js';
import type { User } from '#domain/user/user.entity.js';
import { Identity } from '#identity/identity.js';
import { OpenDoors } from '#identity/open-doors.js';
import { AccountsRepository } from '#persistence/accounts.repository.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import type { Sql } from '#persistence/database.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { orTooMany } from '../http/password-errors.js';
import { uniqueOr422 } from '../http/unique-violation.js';
import type { SignUpBody } from './sign-up.dto.js';
import { about, UNIQUE } from './users.service.js';

type Decide = (site: SiteFacts) => SignUpDecision;

/** People who make themselves an account; the first of all may become administrator. */
@Injectable()
export class SignUpService {
  constructor(
    private readonly users: UsersRepository,
    private readonly accounts: AccountsRepository,
    private readonly identity: Identity,
    private readonly doors: OpenDoors,
    private readonly activities: ActivitiesRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async signUp(by: By, body: SignUpBody): Promise<User> {
    const id = await this.make(by, body, decideSignUp);
    return (await this.users.find(id))!;
  }

  /**
   * Makes the first administrator of a Portus that nobody has an account at. Of several at once one is made.
   *
   * @param more what belongs into the same transaction
   */
  async bootstrap(by: By, body: SignUpBody, more: (sql: Sql, self: By, id: number) => Promise<void>): Promise<number> {
    return this.make(by, body, decideBootstrap, more);
  }

  private async make(
    by: By,
    { user, secret }: SignUpBody,
    decide: Decide,
    more?: (sql: Sql, self: By, id: number) => Promise<void>,
  ): Promise<number> {
    // Asked before the password costs its hash, and again when nobody else can come between.
    const first = decide(await this.siteFacts(secret));
    if (!first.allow && first.reason === 'claim-secret') await this.slowDown(by);
    requireAllowed(first);
    const passwordHash = await orTooMany(async () => {
      await this.doors.pass(':sign-up', by.address ?? '');
      return this.identity.hashPassword(user.password);
    });
    return uniqueOr422(UNIQUE, () =>
      this.accounts.alone(async (sql) => {
        const { admin } = requireAllowed(decide(await this.siteFacts(secret, sql)));
        const { username, email } = user;
        const displayName = user.display_name ?? null;
        const input = { username, email, displayName, passwordHash, admin, bot: false, service: false };
        const id = await this.users.insert(input, sql);
        const self = { ...by, actorId: id, actorName: username };
        await this.activities.record(self, about('user.create', { id, username }, { admin, signed_up: true }), sql);
        await more?.(sql, self, id);
        return id;
      }),
    );
  }

  /** Who guesses the secret of the site passes the same door as who has an account made. */
  private async slowDown(by: By): Promise<void> {
    await orTooMany(() => this.doors.pass(':sign-up', by.address ?? ''));
  }

  /** What the page for signing in has to know. */
  async site(): Promise<SiteFacts> {
    return this.siteFacts(this.settings.firstUserAdminSecret ?? undefined);
  }

  private async siteFacts(secret: string | undefined, sql?: Sql): Promise<SiteFacts> {
    const { signUp, firstUserAdmin } = this.settings;
    return { anybody: await this.accounts.anybody(sql), signUp, firstUserAdmin, claim: this.claim(secret) };
  }

  private claim(shown: string | undefined): SiteFacts['claim'] {
    const { firstUserAdminSecret: secret, firstUserAdminWindow: minutes } = this.settings;
    if (secret !== null) return isSame(secret, shown ?? '') ? 'open' : 'secret';
    return process.uptime() < minutes * 60 ? 'open' : 'late';
  }
}

function requireAllowed(decision: SignUpDecision): { admin: boolean } {
  if (decision.allow) return decision;
  switch (decision.reason) {
    case 'switched-off':
      throw new AppError('method_not_allowed', 'this is switched off here');
    case 'somebody-is-there':
      throw new AppError('bad_request', 'you can only use this when there are no users on the system');
    case 'claim-late':
      throw new AppError(
        'method_not_allowed',
        'nobody claimed this Portus in time: restart the api, or set PORTUS_FIRST_USER_ADMIN_SECRET or PORTUS_INIT_ADMIN_PASSWORD',
      );
    case 'claim-secret':
      throw new AppError('forbidden', 'the first user has to show the secret of the site');
  }
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one!, other!);
}
