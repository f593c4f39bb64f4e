import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';

/**
 * What follows from a request and is done after its answer, so that the time which the answer took tells nothing about it.
 */
@Injectable()
export class Afterwards implements BeforeApplicationShutdown {
  private readonly underWay = new Set<Promise<void>>();

  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** Begins it without waiting; a failure is logged. @param what was not done then, for the log */
  run(what: string, work: () => Promise<void>): void {
    const done: Promise<void> = work()
      .catch((error: unknown) => this.logger.error({ err: error, what }, 'what follows from a request was not done'))
      .finally(() => this.underWay.delete(done));
    this.underWay.add(done);
  }

  /** Before the connections are closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.underWay);
  }
}
