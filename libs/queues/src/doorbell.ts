import { tracer } from '#platform/tracing/tracing.js';
import { JOBS, QUEUES, type JobPayload, type QueueName } from '#domain/jobs/jobs.js';

/** The part of a BullMQ queue that a ring needs. */
export interface RingableQueue {
  add(name: string, payload: JobPayload, options: object): Promise<unknown>;
}

/** A ring that is not answered in this time is given up; a sweeper finds the work. Milliseconds. */
const RING_TIMEOUT_MS = 1_500;
/** Rings of a storm follow each other no closer than this: one wakes a worker for everything that waits. Milliseconds. */
const PAUSE_MS = 20;
/** After a failed ring the store gets this long before it is asked again. */
const COOL_DOWN_MS = 1_000;

/** Rings leave nothing behind: what is to be done, and whether it was, are rows. */
const RING_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 1 };

/**
 * Rings of this many milliseconds are at most one waiting job and one at work, so that rings do not pile up while no
 * worker runs. A worker that dies with a ring in its hands silences no longer time than that.
 */
const WINDOW_MS = 2_000;

/**
 * Tells the workers that rows wait. A ring is never awaited by the path that makes the row: it is coalesced (the first
 * goes at once; all that come until a short pause after it are one more), times out, and may be lost.
 */
export class Doorbell {
  private readonly state = new Map<QueueName, { ringing: boolean; again: boolean; quietUntil: number }>();

  constructor(
    private readonly queues: Record<QueueName, RingableQueue>,
    private readonly onFailure: (queue: QueueName, error: Error) => void,
    private readonly now: () => number = Date.now,
  ) {
    for (const name of QUEUES) this.state.set(name, { ringing: false, again: false, quietUntil: 0 });
  }

  /** Rings without waiting. */
  ring(queue: QueueName, requestId?: string): void {
    void this.tryRing(queue, requestId);
  }

  /** Rings and tells whether the queue's store took it; false also while it cools down. True while another is rung. */
  async tryRing(queue: QueueName, requestId?: string): Promise<boolean> {
    const state = this.state.get(queue)!;
    if (state.ringing) {
      state.again = true;
      return true;
    }
    if (this.now() < state.quietUntil) return false;
    Object.assign(state, { ringing: true, again: false });
    try {
      const id = `ring-${Math.floor(this.now() / WINDOW_MS)}`;
      const options = { ...RING_OPTIONS, deduplication: { id, keepLastIfActive: true } };
      const payload = { v: 1 as const, requestId, traceparent: tracer()?.traceparent() };
      await withTimeout(this.queues[queue].add(JOBS[queue].name, payload, options));
    } catch (error) {
      Object.assign(state, { ringing: false, quietUntil: this.now() + COOL_DOWN_MS });
      this.onFailure(queue, error as Error);
      return false;
    }
    // A process that ends meanwhile loses this ring, as any ring may be lost.
    setTimeout(() => this.endPause(queue), PAUSE_MS).unref();
    return true;
  }

  private endPause(queue: QueueName): void {
    const state = this.state.get(queue)!;
    state.ringing = false;
    if (state.again) this.ring(queue);
  }
}

async function withTimeout(promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the queue store did not answer in time')), RING_TIMEOUT_MS);
  });
  // The abandoned ring may still fail later; nobody waits for it any more.
  promise.catch(() => undefined);
  try {
    await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
