import { z } from 'zod';
import { SCAN_STATES } from '#domain/scan/scan-state.js';
import { SEVERITIES } from '#domain/scan/severity.js';
import type { TagRow } from '#persistence/tags.repository.js';

const count = z.number();

export const countsView = z
  .object({
    critical: count,
    high: count,
    medium: count,
    low: count,
    negligible: count,
    unknown: count,
    fixable: count,
  })
  .meta({ id: 'SeverityCounts' });

export const scanView = z
  .object({
    state: z.enum(SCAN_STATES),
    reason: z.string().nullable(),
    verdict_at: z.string().nullable(),
    worst: z.enum(SEVERITIES).nullable(),
    counts: countsView.nullable(),
  })
  .meta({ id: 'Scan' });

/**
 * `state` tells of the newest scan, the rest of the newest verdict, which stays while the next one is made. Without a
 * `verdict_at` nothing is known; only with one does a null `worst` mean that nothing was found.
 */
export function viewScan(
  row: Pick<TagRow, 'scanState' | 'scanReason' | 'verdictAt' | 'worst' | 'counts'>,
): z.output<typeof scanView> {
  const { scanState: state, scanReason: reason, verdictAt, worst, counts } = row;
  return { state, reason, verdict_at: verdictAt?.toISOString() ?? null, worst, counts };
}
