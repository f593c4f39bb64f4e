import { Injectable } from '@nestjs/common';
import { checkConnection, checkDatabase } from '#persistence/check-database.js';
import { Database } from '#persistence/database.js';
import { type Component, checkHealth } from '#platform/health/check-health.js';
import { checkTasks } from '#platform/health/check-tasks.js';
import { SharedResult } from '#platform/lifecycle/shared-result.js';
import { checkQueues } from '#queues/check-queues.js';
import { QueueSizes } from '#queues/queue-sizes.js';
import { Heartbeat } from './heartbeat.js';

/** Probes and people who ask more often share one look, milliseconds. */
const READY_MS = 500;
const WHOLE_MS = 2_000;

/** How this worker is. */
@Injectable()
export class WorkerHealth {
  private readonly ready: SharedResult<Record<string, Component>>;
  private readonly whole: SharedResult<Record<string, Component>>;

  constructor(database: Database, queues: QueueSizes, heartbeat: Heartbeat) {
    this.ready = new SharedResult(READY_MS, () => checkHealth({ database: () => checkConnection(database) }));
    this.whole = new SharedResult(WHOLE_MS, () =>
      checkHealth({
        database: () => checkDatabase(database),
        queue: () => checkQueues(queues),
        background: async () => checkTasks(new Set(heartbeat.tasks)),
      }),
    );
  }

  /** Whether it can work: nothing is done without the database, everything without the store of the queues. */
  async readiness(): Promise<Record<string, Component>> {
    return this.ready.get();
  }

  /** Each component by itself. */
  async components(): Promise<Record<string, Component>> {
    return this.whole.get();
  }
}
