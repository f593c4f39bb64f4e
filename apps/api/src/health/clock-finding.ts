import { judgeClocks, type OffClock } from '#domain/registry/judge-clocks.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import type { Degraded } from '#platform/health/check-health.js';

/** What was measured longer ago says nothing of now, milliseconds. */
const BELIEVED_MS = 3_600_000;

type Measured = Pick<Registry, 'name' | 'clockAheadMs' | 'clockDatabaseAheadMs' | 'clockMeasuredAt'>;

/** Whether the clocks agree, and if not, whose is wrong and by how much. */
export function clockFinding(registries: readonly Measured[], now: Date): string | Degraded {
  const oldest = now.getTime() - BELIEVED_MS;
  const findings = registries.flatMap(({ name, clockAheadMs, clockDatabaseAheadMs, clockMeasuredAt }) => {
    if (clockAheadMs === null || clockMeasuredAt === null || clockMeasuredAt.getTime() < oldest) return [];
    const clocks = { registryAheadMs: clockAheadMs, databaseAheadMs: clockDatabaseAheadMs ?? 0 };
    const off = judgeClocks(clocks);
    return off === 'none' ? [] : [sentence(off, name, clockAheadMs)];
  });
  return findings.length === 0 ? 'clocks agree' : { degraded: findings.join('; ') };
}

function sentence(off: Exclude<OffClock, 'none'>, name: string, aheadMs: number): string {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const [ahead, behind] = aheadMs > 0 ? ['ahead', 'behind'] : ['behind', 'ahead'];
  if (off === 'registry') return `the clock of registry ${name} is ${seconds} s ${ahead}`;
  if (off === 'portus') return `the clock of Portus is ${seconds} s ${behind}: registry ${name} and the database agree`;
  return `the clocks of Portus, of its database and of registry ${name} all differ; the registry is ${seconds} s ${ahead} of Portus`;
}
