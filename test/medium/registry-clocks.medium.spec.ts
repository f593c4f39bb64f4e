import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Registry } from '#domain/registry/registry.entity.js';
import { RegistryClocks } from '#catalog/registry-clocks.js';
import { clockFinding } from '../../apps/api/src/health/clock-finding.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { until } from '../support/until.js';

describe(RegistryClocks.name, () => {
  let bench: CatalogBench;

  beforeAll(async () => {
    bench = await CatalogBench.create();
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.reset());

  const stored = async (): Promise<Registry> => (await bench.registries.find(bench.registry.id))!;
  const finding = async () => clockFinding([await stored()], new Date());

  async function measure(aheadMs: number): Promise<Registry> {
    bench.fake.clockAheadMs = aheadMs;
    return until('the clock is stored', async () => {
      await bench.clients.of(bench.registry).ping();
      const row = await stored();
      return row.clockAheadMs !== null && Math.abs(row.clockAheadMs - aheadMs) < 10_000 && row;
    });
  }

  it('reads the clock of a registry out of its answers, and names the side that is wrong', async () => {
    const { clockDatabaseAheadMs } = await measure(0);
    expect(Math.abs(clockDatabaseAheadMs!)).toBeLessThan(10_000);
    expect(await finding()).toBe('clocks agree');
    await measure(95_000);
    expect(await finding()).toEqual({ degraded: expect.stringMatching(/^the clock of registry .* s ahead$/) });
    await measure(-3_600_000);
    expect(await finding()).toEqual({ degraded: expect.stringMatching(/^the clock of registry .* s behind$/) });
    await measure(0);
    expect(await finding()).toBe('clocks agree');
  });

  it('takes a date that no column could hold', async () => {
    bench.fake.clockAheadMs = 5_000_000_000_000;
    await until('the clock is stored', async () => {
      await bench.clients.of(bench.registry).ping();
      return (await stored()).clockAheadMs === 2_000_000_000;
    });
  });
});
