import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Mailer } from '#mail/mailer.js';
import { ScannersRepository } from '#persistence/scanners.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Degraded } from '#platform/health/check-health.js';
import { atMost } from '#platform/lifecycle/at-most.js';
import { SharedResult } from '#platform/lifecycle/shared-result.js';
import { checkQueues } from '#queues/check-queues.js';
import { QueueSizes } from '#queues/queue-sizes.js';

/** A mail server is signed in to no more often than this, milliseconds. */
const MAIL_MS = 60_000;
/** One that takes longer to let us in is as good as away, milliseconds. */
const MAIL_PATIENCE_MS = 2_000;

/** How those are that Portus is helped by. None is ever down: what they do waits, or is done in another way. */
@Injectable()
export class HelpersHealth implements OnModuleDestroy {
  private readonly mailer: Mailer | null;
  private readonly mail = new SharedResult(MAIL_MS, () => this.doesMailGo());

  constructor(
    private readonly queues: QueueSizes,
    private readonly scanners: ScannersRepository,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.mailer = settings.smtpEnabled ? new Mailer(settings) : null;
  }

  onModuleDestroy(): void {
    this.mailer?.close();
  }

  async checkQueue(): Promise<string | Degraded> {
    return checkQueues(this.queues);
  }

  /** As the workers that use them tell it. Anybody may ask: what exactly is wrong with one stands in the worker's log. */
  async checkScanners(): Promise<string | Degraded> {
    const scanners = await this.scanners.enabled();
    if (scanners.length === 0) return 'no scanner configured; images are not scanned';
    const away = scanners.find((scanner) => scanner.problem !== null);
    if (away) return { degraded: `scanner ${away.name} can not be used`, since: away.checkedAt ?? new Date() };
    const named = scanners.map(({ name, demo, version, dataAt }) => {
      const data = dataAt === null ? '' : `, data of ${dataAt.toISOString().slice(0, 10)}`;
      return `${name}${version === null ? '' : ` ${version}`}${data}${demo ? ' (its findings are made up)' : ''}`;
    });
    return `images are scanned by ${named.join('; ')}`;
  }

  /**
   * Nothing but forgotten passwords needs it. Nothing is said of mails that wait: whoever asked for one for somebody could
   * read there whether there is such a person. `portus_mails` of the metrics counts them.
   */
  async checkMail(): Promise<string | Degraded> {
    if (this.mailer === null) return 'mail is not configured';
    return (await this.mail.get()) ? 'the mail server answers' : { degraded: 'the mail server can not be used' };
  }

  private async doesMailGo(): Promise<boolean> {
    const ready = this.mailer?.isReady() ?? Promise.resolve(false);
    return (await atMost(MAIL_PATIENCE_MS, ready)) && ready;
  }
}
