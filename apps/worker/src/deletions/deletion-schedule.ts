import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DeletionRunner } from '#catalog/deletion-runner.js';
import { Retention } from '#catalog/retention.js';
import { TagAlarms } from '#catalog/tag-alarms.js';
import { DeletionsRepository } from '#persistence/deletions.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';

const TICK_MS = 1_000;
const RETENTION_MS = 10_000;
const KEPT_DAYS = 90;
const PURGE_AT_ONCE = 500;

/** Finds deletions that wait, makes those of retention when they are due, and tells about immutable tags. */
@Injectable()
export class DeletionSchedule implements OnModuleDestroy {
  private readonly busy = new Set<string>();

  constructor(
    private readonly deletions: DeletionsRepository,
    private readonly runner: DeletionRunner,
    private readonly retention: Retention,
    private readonly alarms: TagAlarms,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What is under way is handed back. */
  async onModuleDestroy(): Promise<void> {
    await this.runner.stop();
  }

  @Interval(TICK_MS)
  async work(): Promise<void> {
    await this.once('deletions', async () => {
      await this.runner.ringFor(TICK_MS);
    });
    await this.once('alarms', () => this.alarms.tell());
  }

  /** One run for each period, however many workers tick. */
  @Interval(RETENTION_MS)
  async schedule(): Promise<void> {
    await this.once('retention', async () => {
      const { retentionInterval: seconds } = this.settings;
      const period = Math.floor(Date.now() / 1000 / seconds) * seconds;
      for (const id of await this.retention.request(`retention:${period}`))
        this.logger.info({ deletion: id }, 'retention drops tags');
      await this.deletions.purge(KEPT_DAYS, PURGE_AT_ONCE);
    });
  }

  private async once(name: string, work: () => Promise<void>): Promise<void> {
    if (this.busy.has(name)) return;
    this.busy.add(name);
    try {
      await work();
    } catch (error) {
      this.logger.warn({ tick: name, error: (error as Error).message }, 'a tick of deletions failed');
    } finally {
      this.busy.delete(name);
    }
  }
}
