import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job } from 'bullmq';
import { ScanDrain } from '#catalog/scan-drain.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { answerRing } from '../jobs/answer-ring.js';

const QUEUE = 'security-scan';

/** A ring says that manifests wait for a scanner. */
@Processor(QUEUE, { concurrency: 1 })
export class SecurityScanProcessor extends WorkerHost {
  constructor(
    private readonly drain: ScanDrain,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  async process(job: Job): Promise<void> {
    await answerRing(QUEUE, job, this.logger, () => this.drain.ring());
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.debug({ queue: QUEUE, error: error.message }, 'queue worker error');
  }
}
