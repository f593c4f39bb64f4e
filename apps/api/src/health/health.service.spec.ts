import { describe, expect, it } from 'vitest';
import { HealthService } from './health.service.js';

describe(HealthService.name, () => {
  it('asks all registries side by side, once for all who ask', async () => {
    const pinged: number[] = [];
    let release!: () => void;
    const all = new Promise<void>((resolve) => (release = resolve));
    const ping = (id: number) => async () => {
      pinged.push(id);
      // None answers before every one was asked.
      if (pinged.length === 3) release();
      await all;
      if (id === 2) throw new Error('refused');
    };
    const registries = { all: async () => [1, 2, 3].map((id) => ({ id, name: `r${id}`, clockAheadMs: null })) };
    const clients = { of: ({ id }: { id: number }) => ({ ping: ping(id) }) };
    const backlogs = { checkEvents: async () => 'none', checkWebhooks: async () => 'none' };
    const database = { answers: async () => true };
    const tokens = { checkFacts: async () => 'tokens are issued', checkKeys: () => 'all certificates are valid' };
    const parts = [database, backlogs, registries, clients, tokens, { kind: 'redis' }] as never[];
    const sut = new HealthService(...(parts as unknown as ConstructorParameters<typeof HealthService>));
    const [one, other] = await Promise.all([sut.components(), sut.components()]);
    expect(one.components['registry']).toEqual({ success: false, msg: 'registry r2 is not reachable', status: 'down' });
    expect(other).toEqual(one);
    expect(pinged).toEqual([1, 2, 3]);
  });
});
