import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ScanPlansRepository } from '#persistence/scan-plans.repository.js';
import { ScanQueueRepository } from '#persistence/scan-queue.repository.js';
import { ScanVerdictsRepository } from '#persistence/scan-verdicts.repository.js';
import { ScannersRepository } from '#persistence/scanners.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import type { Scanner } from '#scanning/scanner.js';
import { Scanners } from '#scanning/scanners.js';

/** How often scanners are asked how they are, milliseconds. */
const WATCH_MS = 30_000;
const RESCAN_MS = 60_000;
const ASKED_MS = 2_000;
const ASKED_AT_ONCE = 500;
const DESCRIBE_TIMEOUT_MS = 25_000;
/** Rows that are looked at in one tick to find what nobody needs any more. */
const LOOKED_AT_ONCE = 5_000;

/** Tells which scanners this worker has and how they are, and asks for new scans when they know more. */
@Injectable()
export class ScanSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly busy = new Set<string>();
  private stopped = false;

  constructor(
    private readonly scanners: Scanners,
    private readonly records: ScannersRepository,
    private readonly queue: ScanQueueRepository,
    private readonly plans: ScanPlansRepository,
    private readonly verdicts: ScanVerdictsRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.records.announce(this.scanners.all.map(({ name, demo }) => ({ name, demo })));
    void this.watch();
  }

  onModuleDestroy(): void {
    this.stopped = true;
  }

  @Interval(WATCH_MS)
  async watch(): Promise<void> {
    await this.once('watch', async () => {
      await Promise.all(this.scanners.all.map((scanner) => this.check(scanner)));
      await this.records.backfill();
    });
  }

  @Interval(ASKED_MS)
  async asked(): Promise<void> {
    await this.once('asked', async () => {
      while ((await this.queue.requestAsked(ASKED_AT_ONCE)) > 0 && !this.stopped);
    });
  }

  @Interval(RESCAN_MS)
  async rescan(): Promise<void> {
    await this.once('rescan', async () => {
      const { rescanInterval, rescanRate } = this.settings;
      for (const { name } of this.scanners.all) {
        const asked = await this.plans.rescan(name, rescanInterval, rescanRate);
        if (asked > 0) this.logger.info({ scanner: name, scans: asked }, 'images are scanned again');
      }
      await this.plans.forget(LOOKED_AT_ONCE);
      await this.verdicts.purge(LOOKED_AT_ONCE);
    });
  }

  private async check(scanner: Scanner): Promise<void> {
    const found = await scanner.describe(AbortSignal.timeout(DESCRIBE_TIMEOUT_MS)).catch((error: Error) => {
      this.logger.warn({ scanner: scanner.name, error: error.message }, 'a scanner can not be used');
      return { problem: error.message };
    });
    await this.records.check(scanner.name, found);
  }

  private async once(name: string, work: () => Promise<void>): Promise<void> {
    if (this.busy.has(name)) return;
    this.busy.add(name);
    try {
      await work();
    } catch (error) {
      this.logger.warn({ tick: name, error: (error as Error).message }, 'a tick of scanning failed');
    } finally {
      this.busy.delete(name);
    }
  }
}
