import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ConfigDrain } from '#catalog/config-drain.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';

/** An image that was seen alone is complete after this long, milliseconds. */
const TICK_MS = 1_000;

/** Has the configurations read that wait; no queue is needed for rows that nobody waits for. */
@Injectable()
export class ConfigSweeper {
  constructor(
    @Inject(ConfigDrain) private readonly drain: ConfigDrain,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Interval(TICK_MS)
  async tick(): Promise<void> {
    try {
      await this.drain.ring();
    } catch (error) {
      this.logger.warn({ error: (error as Error).message }, 'configurations could not be read');
    }
  }
}
