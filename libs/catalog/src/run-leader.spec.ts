import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClaimedRun, RunCounts } from '#persistence/sync-runs.repository.js';
import { type LeaderParts, RunLeader } from './run-leader.js';

describe(RunLeader.name, () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('writes every ten seconds into the log how far the run is, how fast, and how long it will take', async () => {
    const counts = { stage: 'looking', listed: 900, missing: 100, done: 250 } as RunCounts;
    const lead = vi.fn().mockResolvedValue(counts);
    const info = vi.fn();
    const parts = {
      runs: { lead },
      registries: { find: async () => ({ id: 3 }) },
      lister: { list: async () => undefined },
      worker: {
        work: ({ signal }: { signal: AbortSignal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', reject)),
      },
    } as unknown as LeaderParts;
    const sut = new RunLeader(parts, { confirmationSeconds: 60, share: 0.1, minimum: 20 }, { info });
    const run = { id: 7, registryId: 3, mode: 'names', stage: 'listing', startedAt: new Date(0) } as ClaimedRun;
    const led = sut.lead(run, 'holder', new AbortController().signal);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(info).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    const facts = { run: 7, registry: 3, mode: 'names', done: 250, total: 1_000, total_is_final: true };
    expect(info.mock.calls).toEqual([[{ ...facts, rate: 25, eta: 30 }, 'sync in progress']]);
    // Another worker has taken it over: nothing more is said.
    lead.mockResolvedValue(null);
    await vi.advanceTimersByTimeAsync(20_000);
    await led;
    expect(info).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
