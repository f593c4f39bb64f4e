import type { SyncMode, SyncStrategy } from '#domain/sync/strategy.js';

export interface ScheduleFacts {
  strategy: SyncStrategy;
  /** Seconds. */
  interval: number;
  deepInterval: number;
  /** Milliseconds since the epoch. */
  now: number;
  /** Names this start of the process. */
  processId: string;
}

export interface Slot {
  slot: string;
  mode: SyncMode;
}

/**
 * The runs that are due now, by their slots. Asking again within the same period gives the same slots, and a slot has
 * one run: schedules may tick as often, and in as many processes, as they like.
 */
export function dueSlots(facts: ScheduleFacts): Slot[] {
  switch (facts.strategy) {
    case 'initial':
      return [{ slot: 'initial', mode: 'deep' }];
    case 'on-start':
      return [{ slot: `on-start:${facts.processId}`, mode: 'deep' }];
    case 'update':
    case 'update-delete':
      return [
        { slot: `deep:${period(facts.now, facts.deepInterval)}`, mode: 'deep' },
        { slot: `names:${period(facts.now, facts.interval)}`, mode: 'names' },
      ];
  }
}

/** The start of the present period, seconds since the epoch. */
function period(now: number, seconds: number): number {
  return Math.floor(now / 1000 / seconds) * seconds;
}
