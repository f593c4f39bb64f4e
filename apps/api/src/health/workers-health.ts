import { Injectable } from '@nestjs/common';
import { WorkersRepository, type WorkersSight } from '#persistence/workers.repository.js';
import { type Degraded, DownError } from '#platform/health/check-health.js';
import { checkTasks } from '#platform/health/check-tasks.js';
import { SharedResult } from '#platform/lifecycle/shared-result.js';

/** The components of one look around share one look at the workers, milliseconds. */
const SHARED_MS = 1_000;

/** Whether workers are at work, and what they do. */
@Injectable()
export class WorkersHealth {
  private readonly sight: SharedResult<WorkersSight>;

  constructor(workers: WorkersRepository) {
    this.sight = new SharedResult(SHARED_MS, () => workers.sight());
  }

  async check(): Promise<string> {
    const { live, lastSeenAt } = await this.sight.get();
    if (live.length > 0) return live.length === 1 ? '1 worker is at work' : `${live.length} workers are at work`;
    const ever = lastSeenAt === null ? 'none was ever seen' : 'notifications are stored and wait';
    throw new DownError(`no worker is at work; ${ever}`, lastSeenAt);
  }

  /** What all of them do together. */
  async checkTasks(): Promise<string | Degraded> {
    const { live, lastSeenAt } = await this.sight.get();
    if (live.length === 0) return { degraded: 'no worker is at work', ...(lastSeenAt ? { since: lastSeenAt } : {}) };
    return checkTasks(new Set(live.flatMap(({ tasks }) => tasks)));
  }
}
