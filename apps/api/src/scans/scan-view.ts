import { z } from 'zod';
import { SCAN_STATES } from '#domain/scan/scan-state.js';
import { SEVERITIES, worstOf } from '#domain/scan/severity.js';
import type { FindingRow } from '#persistence/scan-findings.repository.js';
import type { RepositoryRow } from '#persistence/repositories.repository.js';
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
    demo: z.boolean(),
    worst: z.enum(SEVERITIES).nullable(),
    counts: countsView.nullable(),
  })
  .meta({ id: 'Scan' });

/**
 * `state` tells of the newest scan, the rest of the newest verdict, which stays while the next one is made. Without a
 * `verdict_at` nothing is known; only with one does a null `worst` mean that nothing was found. `demo`: some of it is made up.
 */
export function viewScan(
  row: Pick<TagRow, 'scanState' | 'scanReason' | 'verdictAt' | 'scanDemo' | 'worst' | 'counts'>,
): z.output<typeof scanView> {
  const { scanState: state, scanReason: reason, verdictAt, scanDemo: demo, worst, counts } = row;
  return { state, reason, verdict_at: verdictAt?.toISOString() ?? null, demo, worst, counts };
}

/**
 * The images that are tagged, each once, summed up. `unknown_images` have no verdict: while there is one, the counts are not
 * all. `verdict_at`: the oldest verdict. `demo`: some of it is made up.
 */
export const repositoryScanView = z
  .object({
    images: count,
    unknown_images: count,
    verdict_at: z.string().nullable(),
    demo: z.boolean(),
    worst: z.enum(SEVERITIES).nullable(),
    counts: countsView,
  })
  .meta({ id: 'RepositoryScan' });

export function viewRepositoryScan(scan: RepositoryRow['scan']): z.output<typeof repositoryScanView> {
  const { images, unknown_images, verdict_at: at, demo, ...counts } = scan;
  const verdict_at = at === null ? null : new Date(at).toISOString();
  return { images, unknown_images, verdict_at, demo, worst: worstOf(counts), counts };
}

/** A vulnerability as Portus has it. */
export const portusVulnerabilityView = z
  .object({
    id: z.number(),
    name: z.string(),
    scanner: z.string(),
    severity: z.string(),
    link: z.string().nullable(),
    fixed_by: z.string().nullable(),
    metadata: z.string().nullable(),
    description: z.string().nullable(),
  })
  .meta({ id: 'Vulnerability' });

/** Its severities begin with a capital, as Clair's. */
export function viewPortusVulnerability(row: FindingRow): z.output<typeof portusVulnerabilityView> {
  const { vulnerabilityId: id, vulnerability: name, scanners, severity, links, fixed, title } = row;
  const capital = severity.charAt(0).toUpperCase() + severity.slice(1);
  const scanner = scanners.join(', ');
  return {
    id,
    name,
    scanner,
    severity: capital,
    link: links[0] ?? null,
    fixed_by: fixed,
    metadata: null,
    description: title,
  };
}
