import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job } from 'bullmq';
import { SyncRunner } from '#catalog/sync-runner.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { answerRing } from '../jobs/answer-ring.js';

const QUEUE = 'catalog-sync';

/** A ring says that runs wait. */
@Processor(QUEUE, { concurrency: 1 })
export class CatalogSyncProcessor extends WorkerHost {
  constructor(
    private readonly runner: SyncRunner,
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
