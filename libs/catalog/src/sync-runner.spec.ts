import { describe, expect, it, vi } from 'vitest';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import type { SyncBatchesRepository } from '#persistence/sync-batches.repository.js';
import type { ClaimedRun, SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import type { BatchWorker } from './batch-worker.js';
import type { RunLeader } from './run-leader.js';
import { SyncRunner } from './sync-runner.js';

describe(SyncRunner.name, () => {
  it('works until a run that it lost and took again has ended, not only its former part', async () => {
    const ends: (() => void)[] = [];
    const run = { id: 1 } as ClaimedRun;
    const claim = vi.fn().mockResolvedValue(null).mockResolvedValueOnce(run).mockResolvedValueOnce(run);
    const lead = () => new Promise<void>((resolve) => ends.push(resolve));
    const waitingRun = vi.fn().mockResolvedValue(null);
    const runner = new SyncRunner(
      {} as SyncRunsRepository,
      { waitingRun } as unknown as SyncBatchesRepository,
      {} as RegistriesRepository,
      { claim, lead } as unknown as RunLeader,
      {} as BatchWorker,
      { info: () => undefined },
    );
    const rung = runner.ring();
    await vi.waitFor(() => expect(ends).toHaveLength(2));
    const looks = waitingRun.mock.calls.length;
    ends[0]!();
    await vi.waitFor(() => expect(waitingRun.mock.calls.length).toBeGreaterThan(looks + 1));
    expect(waitingRun).toHaveBeenLastCalledWith([1]);
    expect(runner.busy).toBe(true);
    ends[1]!();
    await rung;
    expect(runner.busy).toBe(false);
  });
});
