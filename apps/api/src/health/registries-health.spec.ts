import { describe, expect, it } from 'vitest';
import { checkHealth } from '#platform/health/check-health.js';
import { RegistriesHealth } from './registries-health.js';

const known = (id: number, more: object = {}) => ({
  id,
  name: `r${id}`,
  hostname: `secret-${id}.test:5000`,
  clockAheadMs: null,
  clockMeasuredAt: null,
  heardAt: null,
  namesEqualAt: null,
  digestsEqualAt: null,
  failingSince: null,
  lastError: null,
  ...more,
});

function setUp(registries: object[], ping: (id: number) => Promise<void>) {
  const repository = { all: async () => registries };
  const clients = { of: ({ id }: { id: number }) => ({ ping: () => ping(id) }) };
  return new RegistriesHealth(repository as never, clients as never);
}

describe(RegistriesHealth.name, () => {
  it('asks all registries side by side, once for all who ask', async () => {
    const pinged: number[] = [];
    let release!: () => void;
    const all = new Promise<void>((resolve) => (release = resolve));
    const sut = setUp(
      [1, 2, 3].map((id) => known(id)),
      async (id) => {
        pinged.push(id);
        // None answers before every one was asked.
        if (pinged.length === 3) release();
        await all;
        if (id === 2) throw new Error('refused by 10.0.0.5');
      },
    );
    const [one, other] = await Promise.all([sut, sut].map((it) => checkHealth({ registry: () => it.check() })));
    expect(one!.registry).toEqual({ success: false, msg: 'registry r2 is not reachable', status: 'down' });
    expect(other).toEqual(one);
    const each = await checkHealth(await sut.checks());
    expect(Object.entries(each).map(([name, { status }]) => [name, status])).toEqual([
      ['registry:r1', 'up'],
      ['registry:r2', 'down'],
      ['registry:r3', 'up'],
    ]);
    expect(pinged).toEqual([1, 2, 3]);
  });

  it('tells of each what is known of it, and neither addresses nor errors', async () => {
    const at = new Date('2026-05-01T12:00:59Z');
    const failing = { failingSince: at, lastError: 'secret: connect ECONNREFUSED 10.0.0.5' };
    const sut = setUp(
      [
        known(1, { heardAt: at, namesEqualAt: at, digestsEqualAt: at, clockAheadMs: 2_400 }),
        known(2, failing),
        known(3, { clockAheadMs: 90_000, clockDatabaseAheadMs: 0, clockMeasuredAt: new Date() }),
      ],
      async () => undefined,
    );
    const each = await checkHealth(await sut.checks());
    expect(each['registry:r1']).toEqual({
      success: true,
      status: 'up',
      msg: 'reachable; the last notification came at 2026-05-01T12:00Z; equal as of 2026-05-01T12:00Z (names), 2026-05-01T12:00Z (digests); its clock is 2 s ahead',
    });
    expect(each['registry:r2']).toMatchObject({ status: 'degraded', since: at.toISOString() });
    expect(each['registry:r3']).toMatchObject({ status: 'degraded', msg: expect.stringContaining('a wrong clock') });
    expect(JSON.stringify(each)).not.toMatch(/secret/);
  });

  it('has no registry to tell of while the database is away', async () => {
    const repository = { all: async () => Promise.reject(new Error('gone')) };
    const sut = new RegistriesHealth(repository as never, {} as never);
    expect(await sut.checks()).toEqual({});
  });
});
