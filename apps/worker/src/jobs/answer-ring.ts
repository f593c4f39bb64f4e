import type { Job } from 'bullmq';
import { JOBS, type QueueName } from '#domain/jobs/jobs.js';
import type { Logger } from '#platform/logging/logger.js';
import { traced } from '#platform/tracing/tracing.js';

/**
 * Does what a ring asks for. One line tells its end, with the ids of the job and of the request that rang. A ring says
 * that there is something to do, not what: lines of the work itself name the run, the repository or the scan that they
 * are about. In a trace it follows that request. Throws for a job of another version, and what the work throws.
 */
export async function answerRing(
  queue: QueueName,
  job: Pick<Job, 'id' | 'data' | 'attemptsMade'>,
  logger: Logger,
  work: () => Promise<void>,
): Promise<void> {
  const { requestId, traceparent } = JOBS[queue].payload.parse(job.data);
  const ids = { queue, jobId: job.id, attempt: job.attemptsMade + 1, requestId };
  const attributes = { 'messaging.destination.name': queue, ...(job.id ? { 'messaging.message.id': job.id } : {}) };
  const began = performance.now();
  const ms = (): number => Math.round((performance.now() - began) * 10) / 10;
  try {
    await traced(`job ${queue}`, { kind: 'consumer', attributes, traceparent }, work);
    logger.info({ ...ids, ms: ms() }, 'job');
  } catch (error) {
    logger.warn({ ...ids, ms: ms(), error: (error as Error).message }, 'job failed');
    throw error;
  }
}
