import { describe, expect, it, vi } from 'vitest';
import { Doorbell, type RingableQueue } from './doorbell.js';

function setUp(add: RingableQueue['add']) {
  const failures: string[] = [];
  let now = 0;
  const queue = { add: vi.fn(add) };
  const queues = {
    'registry-events': queue,
    'catalog-sync': queue,
    'security-scan': queue,
    'webhook-deliveries': queue,
    mail: queue,
  };
  const sut = new Doorbell(
    queues,
    (name, error) => failures.push(`${name}: ${error.message}`),
    () => now,
  );
  return { sut, queue, failures, later: (ms: number) => (now += ms) };
}

describe(Doorbell.name, () => {
  it('has at most one ring on its way, and one more for all that came meanwhile', async () => {
    const answers: (() => void)[] = [];
    const { sut, queue } = setUp(() => new Promise<void>((resolve) => answers.push(resolve)));
    const first = sut.tryRing('registry-events');
    for (let i = 0; i < 100; i++) sut.ring('registry-events');
    expect(queue.add).toHaveBeenCalledTimes(1);
    answers.shift()!();
    await vi.waitFor(() => expect(queue.add).toHaveBeenCalledTimes(2));
    answers.shift()!();
    expect(await first).toBe(true);
    expect(queue.add).toHaveBeenCalledTimes(2);
  });

  it('leaves a pause between the rings of a storm, and rings at once after it', async () => {
    vi.useFakeTimers();
    const { sut, queue } = setUp(() => Promise.resolve());
    for (let i = 0; i < 50; i++) {
      sut.ring('registry-events');
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(queue.add).toHaveBeenCalledTimes(3);
    await vi.advanceTimersByTimeAsync(1_000);
    const before = queue.add.mock.calls.length;
    sut.ring('registry-events');
    expect(queue.add).toHaveBeenCalledTimes(before + 1);
    vi.useRealTimers();
  });

  it('reports a failed ring, leaves the store alone for a while, and rings again later', async () => {
    const { sut, queue, failures, later } = setUp(() => Promise.reject(new Error('gone')));
    expect(await sut.tryRing('catalog-sync')).toBe(false);
    expect(failures).toEqual(['catalog-sync: gone']);
    expect(await sut.tryRing('catalog-sync')).toBe(false);
    expect(queue.add).toHaveBeenCalledTimes(1);
    later(1_001);
    await sut.tryRing('catalog-sync');
    expect(queue.add).toHaveBeenCalledTimes(2);
  });

  it('gives up on a store that hangs', async () => {
    vi.useFakeTimers();
    const { sut, failures } = setUp(() => new Promise(() => undefined));
    const ring = sut.tryRing('security-scan');
    await vi.advanceTimersByTimeAsync(1_600);
    expect(await ring).toBe(false);
    expect(failures[0]).toContain('did not answer');
    vi.useRealTimers();
  });
});
