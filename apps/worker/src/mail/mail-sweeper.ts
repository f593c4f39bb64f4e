import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { MailRunner } from '#mail/mail-runner.js';
import { MailsRepository } from '#persistence/mails.repository.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { Doorbell } from '#queues/doorbell.js';

/** A mail is tried within this time, milliseconds, also when a ring was lost. */
const TICK_MS = 1_000;

/** Looks for mails that are due and rings for them; so an emptied queue store loses none. */
@Injectable()
export class MailSweeper implements OnModuleDestroy {
  private busy = false;

  constructor(
    private readonly mails: MailsRepository,
    private readonly runner: MailRunner,
    private readonly doorbell: Doorbell,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What is under way is put back, before the connections are closed. */
  async onModuleDestroy(): Promise<void> {
    await this.runner.stop();
  }

  /** When the queue's store takes no ring, this process sends by itself. */
  @Interval(TICK_MS)
  async tick(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      if (!(await this.mails.hasDue())) return;
      if (!(await this.doorbell.tryRing('mail'))) await this.runner.ring();
    } catch (error) {
      this.logger.warn({ error: (error as Error).message }, 'due mails could not be looked for');
    } finally {
      this.busy = false;
    }
  }
}
