import { describe, expect, it } from 'vitest';
import { createLogger } from '#platform/logging/logger.js';
import { answerRing } from './answer-ring.js';

function setUp() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { lines, logger: createLogger('test', 'info', { write }) };
}

const ids = { queue: 'catalog-sync', jobId: '7', attempt: 1, requestId: 'r1' };
const job = { id: '7', data: { v: 1, requestId: 'r1' }, attemptsMade: 0 };

describe(answerRing.name, () => {
  it('tells the end once, with the ids of the job and of the request that rang', async () => {
    const { lines, logger } = setUp();
    await answerRing('catalog-sync', job, logger, async () => logger.info('at work'));
    expect(lines).toEqual([
      expect.not.objectContaining({ jobId: '7' }),
      expect.objectContaining({ ...ids, msg: 'job', ms: expect.any(Number) }),
    ]);
  });

  it('tells of a failure, and passes it on to the queue', async () => {
    const { lines, logger } = setUp();
    const failing = answerRing('catalog-sync', job, logger, async () => Promise.reject(new Error('away')));
    await expect(failing).rejects.toThrow('away');
    expect(lines).toEqual([expect.objectContaining({ ...ids, msg: 'job failed', level: 40, error: 'away' })]);
  });

  it('refuses a job of another version', async () => {
    const { logger } = setUp();
    const other = { ...job, data: { v: 2 } };
    await expect(answerRing('catalog-sync', other, logger, async () => undefined)).rejects.toThrow();
  });
});
