import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job } from 'bullmq';
import { MailRunner } from '#mail/mail-runner.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { answerRing } from '../jobs/answer-ring.js';

const QUEUE = 'mail';

/** A ring says that mails wait. */
@Processor(QUEUE, { concurrency: 1 })
export class MailProcessor extends WorkerHost {
  constructor(
    private readonly runner: MailRunner,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  async process(job: Job): Promise<void> {
    await answerRing(QUEUE, job, this.logger, () => this.runner.ring());
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.debug({ queue: QUEUE, error: error.message }, 'queue worker error');
  }
}
