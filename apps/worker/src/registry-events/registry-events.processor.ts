import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job } from 'bullmq';
import { EventDrain } from '#catalog/event-drain.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { answerRing } from '../jobs/answer-ring.js';

const QUEUE = 'registry-events';
/** Rings follow each other no slower, though the drain may take longer: milliseconds. */
const PATIENCE_MS = 1_000;

/** A ring says that notifications wait. */
@Processor(QUEUE, { concurrency: 1 })
export class RegistryEventsProcessor extends WorkerHost {
  constructor(
    private readonly drain: EventDrain,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  async process(job: Job): Promise<void> {
    await answerRing(QUEUE, job, this.logger, () => this.drain.ringFor(PATIENCE_MS));
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.debug({ queue: QUEUE, error: error.message }, 'queue worker error');
  }
}
