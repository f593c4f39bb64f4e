import { describe, expect, it } from 'vitest';
import { dueSlots, type ScheduleFacts } from './sync-schedule.js';

const facts = (overrides: Partial<ScheduleFacts>): ScheduleFacts => ({
  strategy: 'update',
  interval: 60,
  deepInterval: 600,
  now: 1_000_000_000,
  processId: 'p1',
  ...overrides,
});
const slots = (overrides: Partial<ScheduleFacts>) => dueSlots(facts(overrides)).map((one) => `${one.slot}/${one.mode}`);

describe(dueSlots.name, () => {
  it('imports once under initial, whatever notifications have told before', () => {
    expect(slots({ strategy: 'initial' })).toEqual(['initial/deep']);
    expect(slots({ strategy: 'initial', now: 2_000_000_000, processId: 'p2' })).toEqual(['initial/deep']);
  });

  it('runs once per process under on-start', () => {
    expect(slots({ strategy: 'on-start' })).toEqual(slots({ strategy: 'on-start', now: 2_000_000_000 }));
    expect(slots({ strategy: 'on-start', processId: 'p2' })).not.toEqual(slots({ strategy: 'on-start' }));
  });

  it.each(['update', 'update-delete'] as const)('gives one names and one deep slot per period under %s', (strategy) => {
    expect(slots({ strategy })).toEqual(['deep:999600/deep', 'names:999960/names']);
    expect(slots({ strategy, now: 1_000_010_000 })).toEqual(['deep:999600/deep', 'names:999960/names']);
    expect(slots({ strategy, now: 1_000_021_000 })).toEqual(['deep:999600/deep', 'names:1000020/names']);
  });
});
