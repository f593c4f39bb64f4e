import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { User } from '#domain/user/user.entity.js';
import { ThrottledError } from '#identity/login-throttle.js';
import { OpenDoors } from '#identity/open-doors.js';
import { sealLetter } from '#mail/letter.js';
import type { By } from '#persistence/activities.repository.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Sealer } from '#platform/secrets/sealer.js';
import { Doorbell } from '#queues/doorbell.js';
import { PasswordResetRecords } from './password-reset-records.js';
import { resetLetter } from './reset-letter.js';

/** Writes the mails by which forgotten passwords are set anew; workers send them. */
@Injectable()
export class ResetMails {
  constructor(
    private readonly users: UsersRepository,
    private readonly records: PasswordResetRecords,
    private readonly doors: OpenDoors,
    private readonly doorbell: Doorbell,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Writes one to who has the address, if it is somebody who may have it. */
  async write(by: By, email: string): Promise<void> {
    const user = await this.users.findByEmail(email);
    if (user === null || !mayReset(user) || !(await this.isWithinLimit(email))) return;
    const token = newToken();
    const letter = resetLetter(user, this.site, token);
    await this.records.requested(by, user, hashOf(token), sealLetter(letter, Sealer.of(this.settings)));
    this.doorbell.ring('mail');
  }

  /** Where the links of letters lead, without a slash at the end. */
  private get site(): string {
    return (this.settings.publicUrl ?? `https://${this.settings.machineFqdn}`).replace(/\/$/, '');
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
}

/** What is stored of the secret in a mail. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Who has no password here has nothing to forget. */
function mayReset(user: User): boolean {
  return user.enabled && user.lockedAt === null && !user.bot && !user.service && user.passwordHash !== null;
}

function newToken(): string {
  return `ptr_${randomBytes(32).toString('base64url')}`;
}
