import { Mailer } from '#mail/mailer.js';
import { MailRunner } from '#mail/mail-runner.js';
import { MailsRepository } from '#persistence/mails.repository.js';
import type { Settings } from '#platform/config/settings.js';
import { Sealer } from '#platform/secrets/sealer.js';
import { MailSweeper } from '../../apps/worker/src/mail/mail-sweeper.js';
import type { TestDatabase } from './test-database.js';

const TICK_MS = 50;

/** The part of a worker that sends mail, without queues: every ring is lost. */
export class MailWorker {
  private readonly sweeper: MailSweeper;
  private readonly timer: NodeJS.Timeout;

  constructor(database: TestDatabase, settings: Settings) {
    const mails = new MailsRepository(database.sql);
    const log = { warn: () => undefined };
    const runner = new MailRunner(mails, new Mailer(settings), Sealer.of(settings), log);
    const doorbell = { tryRing: async () => false };
    this.sweeper = new MailSweeper(mails, runner, doorbell as never, log as never);
    this.timer = setInterval(() => void this.sweeper.tick(), TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeper.onModuleDestroy();
  }
}
