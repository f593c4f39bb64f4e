import { describe, expect, it, vi } from 'vitest';
import type { EndedScan, QueuedScan, ScanReportsRepository } from '#persistence/scan-reports.repository.js';
import type { Scanner } from '#scanning/none.js';
import { ScanDrain } from './scan-drain.js';

function setUp(count: number, scan: Scanner['scan']) {
  const queued = Array.from({ length: count }, (_, i): QueuedScan => ({ id: `${i}`, registryId: 1, digest: `d${i}` }));
  const settle = vi.fn(async (ended: readonly EndedScan[]) => {
    for (const { id } of ended)
      queued.splice(
        queued.findIndex((one) => one.id === id),
        1,
      );
  });
  const reports = { queued: async (limit: number) => queued.slice(0, limit), settle };
  const sut = new ScanDrain(reports as unknown as ScanReportsRepository, { name: 'test', scan });
  return { sut, queued, settle };
}

const outcome = { state: 'not_scanned' as const, reason: 'no scanner configured' };

describe(ScanDrain.name, () => {
  it('stores outcomes that come quickly together', async () => {
    const { sut, queued, settle } = setUp(250, async () => outcome);
    await sut.ring();
    expect(queued).toEqual([]);
    expect(settle.mock.calls.map(([ended]) => ended.length)).toEqual([100, 100, 50]);
  });

  it('stores what was found before a scan failed', async () => {
    const { sut, queued } = setUp(3, async ({ digest }) => {
      if (digest === 'd2') throw new Error('the scanner is away');
      return outcome;
    });
    await expect(sut.ring()).rejects.toThrow('the scanner is away');
    expect(queued.map(({ id }) => id)).toEqual(['2']);
  });
});
