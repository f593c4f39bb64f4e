/** Clocks that differ by more are worth a warning, milliseconds; registries refuse tokens from 60 s on. */
export const TOLERATED_MS = 30_000;

/** Two clocks as Portus sees them from its own; negative: behind it. */
export interface Clocks {
  registryAheadMs: number;
  databaseAheadMs: number;
}

/** Whose clock is wrong. unknown: all three differ. */
export type OffClock = 'none' | 'registry' | 'portus' | 'unknown';

/**
 * Tells whose clock is off, by two against one: a registry that differs from Portus while the database agrees with
 * Portus is wrong itself; when the database agrees with the registry, Portus is wrong. A database on the machine of
 * Portus has its clock, and can not tell.
 */
export function judgeClocks({ registryAheadMs, databaseAheadMs }: Clocks): OffClock {
  const agree = (a: number, b: number): boolean => Math.abs(a - b) <= TOLERATED_MS;
  if (agree(registryAheadMs, 0)) return 'none';
  if (agree(databaseAheadMs, 0)) return 'registry';
  return agree(registryAheadMs, databaseAheadMs) ? 'portus' : 'unknown';
}
