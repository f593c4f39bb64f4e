import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { EventDrain } from '#catalog/event-drain.js';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { PullsRepository } from '#persistence/pulls.repository.js';
import { ScanQueueRepository } from '#persistence/scan-queue.repository.js';
import { SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { Doorbell } from '#queues/doorbell.js';

/** A lost ring costs at most this long, milliseconds. */
const EVENTS_MS = 1_000;
const SLOW_MS = 2_000;
const PULLS_AT_ONCE = 5_000;

/** Looks for rows that wait and rings for them; so an emptied queue store loses nothing. */
@Injectable()
export class Sweeper implements OnApplicationShutdown {
  private stopped = false;
  private readonly busy = new Set<string>();

  constructor(
    private readonly inbox: InboxRepository,
    private readonly runs: SyncRunsRepository,
    private readonly scans: ScanQueueRepository,
    private readonly pulls: PullsRepository,
    private readonly drain: EventDrain,
    private readonly doorbell: Doorbell,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationShutdown(): void {
    this.stopped = true;
  }

  /** When the queue's store takes no ring, notifications are handled all the same: this process does it by itself. */
  @Interval(EVENTS_MS)
  async events(): Promise<void> {
    if (!this.settings.registryEvents) return;
    await this.once('events', async () => {
      if (!(await this.inbox.hasDue())) return;
      if (!(await this.doorbell.tryRing('registry-events'))) await this.drain.ringFor(EVENTS_MS);
    });
  }

  @Interval(SLOW_MS)
  async others(): Promise<void> {
    await this.once('others', async () => {
      if (await this.runs.hasOpen()) this.doorbell.ring('catalog-sync');
      if (await this.scans.hasWork()) this.doorbell.ring('security-scan');
      while ((await this.pulls.fold(PULLS_AT_ONCE)) === PULLS_AT_ONCE && !this.stopped);
    });
  }

  /** A tick that is still at work is not begun again. While the database is away there is nothing to sweep. */
  private async once(name: string, work: () => Promise<void>): Promise<void> {
    if (this.stopped || this.busy.has(name)) return;
    this.busy.add(name);
    try {
      await work();
    } catch (error) {
      this.logger.warn({ sweep: name, error: (error as Error).message }, 'a sweep failed');
    } finally {
      this.busy.delete(name);
    }
  }
}
