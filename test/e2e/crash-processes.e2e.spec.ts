import { expect, it } from 'vitest';
import { crashScenes } from '../support/crash-scenes.js';
import { waitingEvents } from '../support/catalogs.js';
import { until } from '../support/until.js';

const FIFTY = 50;
/** Half of the time after which a program that does not end gives up on ending in order. */
const PROMPT_MS = 10_000;

/** Strategy `initial`: after the import at the start no sync repairs what notifications miss. */
crashScenes('processes come and go', { workers: 2 }, (house) => {
  it('the api is down while two pushes and one delete happen', async () => {
    const { stack } = house();
    const doomed = await house().push('down/app:doomed', 'doomed');
    await house().settle();
    await stack.api.stop();
    await house().push('down/app:v1', 'one');
    await house().push('down/other:v1', 'two');
    await house().delete('down/app', doomed, ['doomed']);
    await stack.api.start();
    await house().settle();
    expect(await stack.catalogOfDatabase()).toMatchObject({ 'down/app': { v1: expect.any(String) } });
  });

  it('the api is killed and comes back', async () => {
    const { stack } = house();
    await house().push('killed/app:v1', 'before');
    await stack.api.kill();
    await house().push('killed/app:v1', 'after');
    await stack.api.start();
    await house().settle();
  });

  it('workers are killed in the middle of fifty pushes; another goes on, a new one follows', async () => {
    const { stack } = house();
    const [first, second] = stack.workers;
    for (let i = 0; i < FIFTY; i++) {
      await house().push(`fifty/app-${i % 7}:v${i % 20}`, `fifty ${i}`);
      if (i === 15) await first!.kill();
      if (i === 30) await second!.kill();
      if (i === 40) await first!.start();
    }
    await house().settle();
    await second!.start();
  });

  it('the store of the queues is emptied while events wait', async () => {
    const { stack } = house();
    for (const worker of stack.workers) await worker.kill();
    for (let i = 0; i < 5; i++) await house().push(`emptied/app-${i}:v1`, `emptied ${i}`);
    await until('the events wait', async () => (await waitingEvents(stack.databaseUrl)) >= 5);
    await house().emptyQueues();
    for (const worker of stack.workers) await worker.start();
    await house().settle();
  });

  it('the store of the queues is emptied under running workers, again and again', async () => {
    for (let i = 0; i < 5; i++) {
      await house().push(`flushed/app-${i}:v1`, `flushed ${i}`);
      await house().emptyQueues();
    }
    await house().settle();
  });

  it('SIGTERM ends api and workers in order, also in the middle of their work', async () => {
    const { stack } = house();
    const programs = [stack.api, ...stack.workers];
    for (let i = 0; i < 10; i++) await house().push(`term/app-${i}:v1`, `term ${i}`);
    const pids = programs.map((program) => program.pid!);
    const began = performance.now();
    await Promise.all(programs.map((program) => program.stop()));
    expect(performance.now() - began).toBeLessThan(PROMPT_MS);
    expect(programs.map((program) => program.lastExit)).toEqual(programs.map(() => 0));
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const names = await stack.sql<{ name: string }>(
      `SELECT application_name AS name FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    expect(names).toEqual([]);
    for (const program of programs) await program.start();
    await house().settle();
  });
});
