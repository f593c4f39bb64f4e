import { QUEUES, type QueueName } from '#domain/jobs/jobs.js';
import { SharedResult } from '#platform/lifecycle/shared-result.js';
import type { QueueConnections } from './queue-backend.js';

/** States of jobs that there can be. What was done, well or badly, leaves nothing behind. */
export const JOB_STATES = ['waiting', 'active', 'delayed', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface QueueSize {
  queue: QueueName;
  states: Record<JobState, number>;
  /** For how many seconds the oldest waiting job has waited; 0: none waits. */
  oldestSeconds: number;
}

/** The part of a BullMQ queue that is needed to measure it. */
export interface MeasurableQueue {
  getJobCounts(...states: JobState[]): Promise<Record<string, number>>;
  getJobs(states: JobState[], start: number, end: number, ascending: boolean): Promise<{ timestamp: number }[]>;
}

/** Whoever asks more often shares one look, milliseconds. */
const SHARED_MS = 2_000;
const PATIENCE_MS = 1_500;

/** How much waits in the queues. Jobs are rings only: what is to be done are rows. */
export class QueueSizes {
  private readonly shared = new SharedResult(SHARED_MS, () => this.measure());

  constructor(
    private readonly queues: Record<QueueName, MeasurableQueue>,
    /** For people. */
    readonly place: QueueConnections['place'],
    private readonly now: () => number = Date.now,
  ) {}

  /** Throws when the store does not answer within a second and a half. */
  async get(): Promise<QueueSize[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the queue store did not answer in time')), PATIENCE_MS);
    });
    try {
      return await Promise.race([this.shared.get(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async measure(): Promise<QueueSize[]> {
    return Promise.all(
      QUEUES.map(async (queue) => {
        const [counts, [oldest]] = await Promise.all([
          this.queues[queue].getJobCounts(...JOB_STATES),
          this.queues[queue].getJobs(['waiting'], 0, 0, true),
        ]);
        const states = Object.fromEntries(JOB_STATES.map((state) => [state, counts[state] ?? 0]));
        const oldestSeconds = oldest ? Math.max(0, (this.now() - oldest.timestamp) / 1_000) : 0;
        return { queue, states: states as Record<JobState, number>, oldestSeconds };
      }),
    );
  }
}
