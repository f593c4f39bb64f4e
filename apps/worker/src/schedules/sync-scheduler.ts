import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { SyncRequests } from '#catalog/sync-requests.js';
import { SyncRunner } from '#catalog/sync-runner.js';
import { SyncBatchesRepository } from '#persistence/sync-batches.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { Doorbell } from '#queues/doorbell.js';

const TICK_MS = 1_000;

/** Makes the sync runs that are due. Ticks in every worker; a slot has one run all the same. */
@Injectable()
export class SyncScheduler {
  private readonly processId = randomUUID();
  private busy = false;

  constructor(
    private readonly requests: SyncRequests,
    private readonly runner: SyncRunner,
    private readonly batches: SyncBatchesRepository,
    private readonly doorbell: Doorbell,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Interval(TICK_MS)
  async tick(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const repair = await this.requests.repair();
      const due = this.settings.syncEnabled && (await this.schedule());
      if (repair || due || (await this.couldHelp())) this.doorbell.ring('catalog-sync');
    } catch (error) {
      this.logger.warn({ error: (error as Error).message }, 'syncs could not be scheduled');
    } finally {
      this.busy = false;
    }
  }

  /** A worker at work looks for more by itself; rings for it would only pile up. */
  private async couldHelp(): Promise<boolean> {
    return !this.runner.busy && (await this.batches.waitingRun([])) !== null;
  }

  private async schedule(): Promise<boolean> {
    return this.requests.schedule({
      strategy: this.settings.syncStrategy,
      interval: this.settings.syncInterval,
      deepInterval: this.settings.syncDeepInterval,
      processId: this.processId,
    });
  }
}
