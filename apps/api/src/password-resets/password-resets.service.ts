import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { User } from '#domain/user/user.entity.js';
import { Identity } from '#identity/identity.js';
import { ThrottledError } from '#identity/login-throttle.js';
import { OpenDoors } from '#identity/open-doors.js';
import type { By } from '#persistence/activities.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { orTooMany } from '../http/password-errors.js';
import { Mailer } from '../mail/mailer.js';
import type { PasswordReset } from './password-resets.dto.js';
import { PasswordResetRecords } from './password-reset-records.js';
import { resetLetter } from './reset-letter.js';

@Injectable()
export class PasswordResetsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly records: PasswordResetRecords,
    private readonly identity: Identity,
    private readonly doors: OpenDoors,
    private readonly mailer: Mailer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Takes as long whether or not somebody has the address: what follows from it is done after the answer. */
  async request(by: By, email: string): Promise<void> {
    if (!this.mailer.enabled) throw new AppError('method_not_allowed', 'this Portus sends no mail');
    await orTooMany(() => this.doors.pass(':password-reset', by.address ?? ''));
    void this.write(by, email).catch((error: unknown) => {
      this.logger.error({ err: error }, 'a mail for a forgotten password was not written');
    });
  }

  private async write(by: By, email: string): Promise<void> {
    const user = await this.users.findByEmail(email);
    if (user === null || !mayReset(user) || !(await this.isWithinLimit(email))) return;
    const token = newToken();
    await this.records.requested(by, user, hashOf(token));
    this.mailer.send(resetLetter(user, this.mailer.site, token));
  }

  /** Nobody's box is filled by others. */
  private async isWithinLimit(email: string): Promise<boolean> {
    try {
      await this.doors.pass(':password-reset-mail', email.toLowerCase());
      return true;
    } catch (error) {
      if (error instanceof ThrottledError) return false;
      throw error;
    }
  }

  async reset(by: By, { token, password }: PasswordReset): Promise<void> {
    await orTooMany(() => this.doors.pass(':password-reset', by.address ?? ''));
    const tokenHash = hashOf(token);
    const done =
      (await this.records.isValid(tokenHash)) &&
      (await this.records.reset(by, tokenHash, await orTooMany(() => this.identity.hashPassword(password))));
    if (!done) throw new InvalidError({ token: ['is not valid, or not any more: ask for another mail'] });
  }
}

/** Who has no password here has nothing to forget. */
function mayReset(user: User): boolean {
  return user.enabled && user.lockedAt === null && !user.bot && !user.service && user.passwordHash !== null;
}

function newToken(): string {
  return `ptr_${randomBytes(32).toString('base64url')}`;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
