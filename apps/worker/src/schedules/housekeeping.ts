import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';

const TICK_MS = 60_000;

/** Deletes one kind of rows that have outlived their use, a bounded number at a time. */
export interface Chore {
  what: string;
  run: () => Promise<unknown>;
}

export const CHORES = Symbol('chores');

/** Does the chores one after the other; one that fails does not keep the others from being done. */
@Injectable()
export class Housekeeping {
  constructor(
    @Inject(CHORES) private readonly chores: readonly Chore[],
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Interval(TICK_MS)
  async tick(): Promise<void> {
    for (const { what, run } of this.chores) {
      try {
        await run();
      } catch (error) {
        this.logger.warn({ what, error: (error as Error).message }, 'old rows could not be deleted');
      }
    }
  }
}
