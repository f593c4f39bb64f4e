import { describe, expect, it } from 'vitest';
import { BACKGROUND_TASKS } from '#domain/worker/background-tasks.js';
import type { WorkersSight } from '#persistence/workers.repository.js';
import { checkHealth } from '#platform/health/check-health.js';
import { WorkersHealth } from './workers-health.js';

const lastSeenAt = new Date('2026-05-01T12:00:00Z');

function look(live: WorkersSight['live'], seen: Date | null = lastSeenAt) {
  const sut = new WorkersHealth({ sight: async () => ({ live, lastSeenAt: seen }) } as never);
  return checkHealth({ worker: () => sut.check(), background: () => sut.checkTasks() });
}

describe(WorkersHealth.name, () => {
  it('counts workers, and is content when together they do everything', async () => {
    const [first, ...others] = BACKGROUND_TASKS;
    expect(await look([{ tasks: [first] }, { tasks: others }])).toMatchObject({
      worker: { status: 'up', msg: '2 workers are at work' },
      background: { status: 'up', msg: 'all tasks are on' },
    });
  });

  it('names tasks that are switched off, and is degraded when it is the handling of notifications', async () => {
    expect((await look([{ tasks: ['registry-events', 'catalog-sync'] }])).background).toEqual({
      success: true,
      status: 'up',
      msg: 'switched off: security-scan, webhook-deliveries, garbage-collector',
    });
    const rest = BACKGROUND_TASKS.filter((task) => task !== 'registry-events');
    expect((await look([{ tasks: [...rest] }])).background).toMatchObject({
      status: 'degraded',
      msg: 'switched off: registry-events; notifications are stored and wait',
    });
  });

  it('is down without a worker, since the last one was seen', async () => {
    expect(await look([])).toMatchObject({
      worker: { status: 'down', since: lastSeenAt.toISOString() },
      background: { status: 'degraded' },
    });
    const { worker } = await look([], null);
    expect(worker).toEqual({ success: false, status: 'down', msg: 'no worker is at work; none was ever seen' });
  });
});
