import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { crashScenes, type CrashHouse } from '../support/crash-scenes.js';
import type { Stack } from '../support/stack-handle.js';

const OUTAGE_MS = 10_000;
/** Far above an ordinary answer, and below the time after which a ring is given up. */
const PATIENCE_MS = 1_000;

crashScenes('stores go away', { ownPostgres: true }, (house, queues) => {
  it('the database is stopped for ten seconds while pushes go on; nobody is started again', async () => {
    const { stack } = house();
    const pids = [stack.api.pid, stack.workers[0]!.pid];
    const before = await house().push('outage/app:doomed', 'doomed');
    await stack.postgres!.stop();
    const end = performance.now() + OUTAGE_MS;
    let pushes = 0;
    for (; performance.now() < end; await delay(250))
      await house().push(`outage/app:v${pushes % 7}`, `away ${pushes++}`);
    await house().delete('outage/app', before, ['doomed']);
    await stack.postgres!.start();
    await house().settle();
    expect(pushes).toBeGreaterThan(5);
    expect([stack.api.pid, stack.workers[0]!.pid]).toEqual(pids);
    await untilHealthy(stack);
  });

  it('the database dies at once, and comes back, while events are handled', async () => {
    const { stack } = house();
    const pids = [stack.api.pid, stack.workers[0]!.pid];
    for (let i = 0; i < 10; i++) {
      await house().push(`dies/app-${i % 3}:v${i}`, `dies ${i}`);
      if (i === 5) await stack.postgres!.stop('SIGQUIT');
    }
    await stack.postgres!.start();
    await house().settle();
    expect([stack.api.pid, stack.workers[0]!.pid]).toEqual(pids);
  });

  it('a frozen database makes the registry ask again, and no notification is stored twice', async () => {
    const { stack } = house();
    stack.postgres!.suspend();
    try {
      for (let i = 0; i < 3; i++) await house().push(`ice/app:v${i}`, `ice ${i}`);
      // Far sooner than a client would give up: the registry must not lose its queue's time to one of our stores.
      await expect(notify(stack, AbortSignal.timeout(30_000))).rejects.toThrow('503');
    } finally {
      stack.postgres!.resume();
    }
    await house().settle();
    const twice = await stack.sql(
      `SELECT tag FROM registry_events WHERE repository = 'ice/app' GROUP BY tag HAVING count(*) > 1`,
    );
    expect(twice).toEqual([]);
  });

  if (queues === 'redis') redisScenes(house);

  it('SIGTERM ends api and worker in order while the stores are away', async () => {
    const { stack } = house();
    stack.redis?.suspend();
    await stack.postgres!.stop();
    const programs = [stack.api, stack.workers[0]!];
    await Promise.all(programs.map((program) => program.stop()));
    expect(programs.map((program) => program.lastExit)).toEqual([0, 0]);
    stack.redis?.resume();
    for (const program of programs) program.launch();
    await stack.postgres!.start();
    await Promise.all(programs.map((program) => program.start()));
    await house().push('again/app:v1', 'again');
    await house().settle();
  });
});

function redisScenes(house: () => CrashHouse): void {
  it('a frozen Redis keeps no notification waiting, and the catalog follows all the same', async () => {
    const { stack } = house();
    const redis = stack.redis!;
    await house().push('frozen/app:v1', 'before');
    const ordinary = await medianOfNotifications(stack);
    redis.suspend();
    try {
      const frozen = await medianOfNotifications(stack);
      expect(frozen).toBeLessThan(ordinary + PATIENCE_MS);
      await house().push('frozen/app:v1', 'after');
      await house().push('frozen/app:v2', 'new');
      await house().settle();
    } finally {
      redis.resume();
    }
    await house().push('frozen/app:v3', 'later');
    await house().settle();
  });

  it('api and worker are started while Redis is away', async () => {
    const { stack } = house();
    const programs = [stack.api, stack.workers[0]!];
    await Promise.all(programs.map((program) => program.stop()));
    await stack.redis!.stop();
    await Promise.all(programs.map((program) => program.start()));
    await house().push('early/app:v1', 'without Redis');
    await house().settle();
    await stack.redis!.start();
    await house().push('early/app:v2', 'with Redis');
    await house().settle();
  });

  it('Redis dies and comes back empty', async () => {
    const { stack } = house();
    const redis = stack.redis!;
    await redis.stop('SIGKILL');
    await house().push('gone/app:v1', 'while it is away');
    await house().settle();
    await redis.start();
    await house().push('gone/app:v2', 'when it is back');
    await house().settle();
  });
}

/** Milliseconds that the api takes to answer a notification of a push. */
async function medianOfNotifications(stack: Stack): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    const began = performance.now();
    await notify(stack);
    times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b)[3]!;
}

/** Tells of a push that the registry has told of already. Throws unless the notification is accepted. */
async function notify(stack: Stack, signal: AbortSignal | null = null): Promise<void> {
  const target = { repository: 'frozen/app', tag: 'v1', mediaType: 'application/vnd.oci.image.manifest.v1+json' };
  const event = { id: randomUUID(), action: 'push', target, actor: { name: 'alice' } };
  const answer = await fetch(`${stack.url}/v2/webhooks/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.webhookSecret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events: [event] }),
    signal,
  });
  if (answer.status !== 202) throw new Error(`the notification was answered ${answer.status}`);
}

async function untilHealthy(stack: Stack): Promise<void> {
  const answer = await fetch(`${stack.url}/_health`);
  expect([answer.status, answer.headers.get('x-portus-status')]).toEqual([200, 'up']);
}
