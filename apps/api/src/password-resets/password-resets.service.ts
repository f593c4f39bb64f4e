import { Inject, Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { Identity } from '#identity/identity.js';
import { OpenDoors } from '#identity/open-doors.js';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Afterwards } from '../http/afterwards.js';
import { orTooMany } from '../http/password-errors.js';
import type { PasswordReset } from './password-resets.dto.js';
import { PasswordResetRecords } from './password-reset-records.js';
import { hashOf, ResetMails } from './reset-mails.js';

@Injectable()
export class PasswordResetsService {
  constructor(
    private readonly mails: ResetMails,
    private readonly records: PasswordResetRecords,
    private readonly identity: Identity,
    private readonly doors: OpenDoors,
    private readonly afterwards: Afterwards,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Takes as long whether or not somebody has the address: what follows from it is done after the answer. */
  async request(by: By, email: string): Promise<void> {
    if (!this.settings.smtpEnabled) throw new AppError('method_not_allowed', 'this Portus sends no mail');
    await orTooMany(() => this.doors.pass(':password-reset', by.address ?? ''));
    this.afterwards.run('a mail for a forgotten password', () => this.mails.write(by, email));
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
