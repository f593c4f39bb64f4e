import { describe, expect, it } from 'vitest';
import { clockFinding } from './clock-finding.js';

const now = new Date('2026-05-01T12:00:00Z');
const measured = (name: string, registry: number | null, database = 0, minutesAgo = 1) => ({
  name,
  clockAheadMs: registry === null ? null : registry * 1000,
  clockDatabaseAheadMs: registry === null ? null : database * 1000,
  clockMeasuredAt: registry === null ? null : new Date(now.getTime() - minutesAgo * 60_000),
});

describe(clockFinding.name, () => {
  it('is content with clocks that agree, that were never measured, or not for long', () => {
    const registries = [measured('a', 3), measured('b', null), measured('c', 500, 0, 61)];
    expect(clockFinding(registries, now)).toBe('clocks agree');
  });

  it.each([
    [95, 0, 'the clock of registry r is 95 s ahead'],
    [-95, 2, 'the clock of registry r is 95 s behind'],
    [95, 94, 'the clock of Portus is 95 s behind: registry r and the database agree'],
    [-95, -94, 'the clock of Portus is 95 s ahead: registry r and the database agree'],
    [95, -95, expect.stringContaining('all differ')],
  ])('names the side that is wrong: registry %i s, database %i s', (registry, database, degraded) => {
    expect(clockFinding([measured('ok', 0), measured('r', registry, database)], now)).toEqual({ degraded });
  });
});
