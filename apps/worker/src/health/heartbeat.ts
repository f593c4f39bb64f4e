import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { BackgroundTask } from '#domain/worker/background-tasks.js';
import { WorkersRepository } from '#persistence/workers.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';
import { VERSION } from '#platform/program/version.js';
import { Scanners } from '#scanning/scanners.js';

const BEAT_MS = 5_000;

/** Tells in the database that this worker is alive, and what it does. */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap, OnModuleDestroy {
  readonly tasks: readonly BackgroundTask[];
  private readonly id = randomUUID();
  private lost = false;
  private stopped = false;

  constructor(
    private readonly workers: WorkersRepository,
    scanners: Scanners,
    @Inject(SETTINGS) settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.tasks = tasksOf(settings, scanners.all.length > 0);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.beat();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    await this.workers.stop(this.id).catch(() => undefined);
  }

  @Interval(BEAT_MS)
  async beat(): Promise<void> {
    if (this.stopped) return;
    const name = `${hostname()}:${process.pid}`;
    try {
      await this.workers.beat({ id: this.id, name, version: VERSION, tasks: this.tasks });
      this.lost = false;
    } catch (error) {
      if (!this.lost) this.logger.warn({ error: (error as Error).message }, 'this worker could not tell that it lives');
      this.lost = true;
    }
  }
}

function tasksOf(settings: Settings, scans: boolean): BackgroundTask[] {
  const on: Record<BackgroundTask, boolean> = {
    'registry-events': settings.registryEvents,
    'catalog-sync': settings.syncEnabled,
    'security-scan': scans,
    'webhook-deliveries': true,
    'garbage-collector': settings.retentionEnabled,
  };
  return (Object.keys(on) as BackgroundTask[]).filter((task) => on[task]);
}
