import { z } from 'zod';
import { SCAN_STATES } from '#domain/scan/scan-state.js';
import { SEVERITIES } from '#domain/scan/severity.js';
import type { RiskRow } from '#persistence/accepted-risks.repository.js';
import type { AffectedRow, FindingRow, VerdictRow } from '#persistence/scan-findings.repository.js';
import { pageQuery } from '../http/list-query.js';
import { countsView } from './scan-view.js';

const severity = z.enum(SEVERITIES);
const name = z.string().trim().min(1).max(256);
const flag = z.enum(['true', 'false']);
const choice = z.enum(['pass', 'fail']);

export const findingsQuery = pageQuery.extend({
  severity: severity.optional(),
  fixable: flag.optional(),
  package: name.optional(),
  vulnerability: name.optional(),
  scanner: name.optional(),
});
export type FindingsQuery = z.output<typeof findingsQuery>;

export const findingView = z
  .object({
    id: z.number(),
    name: z.string(),
    aliases: z.array(z.string()),
    title: z.string().nullable(),
    links: z.array(z.string()),
    package: z.string(),
    purl: z.string().nullable(),
    installed_version: z.string(),
    fixed_by: z.string().nullable(),
    severity,
    severity_source: z.string().nullable(),
    cvss: z.object({ score: z.number(), vector: z.string().nullable() }).nullable(),
    scanners: z.array(z.string()),
    layers: z.array(z.string()),
    accepted: z.object({ reason: z.string(), username: z.string(), expires_at: z.string().nullable() }).nullable(),
    first_found_at: z.string(),
  })
  .meta({ id: 'Finding' });

export function viewFinding(row: FindingRow): z.output<typeof findingView> {
  return {
    id: row.vulnerabilityId,
    name: row.vulnerability,
    aliases: row.aliases,
    title: row.title,
    links: row.links,
    package: row.package,
    purl: row.purl,
    installed_version: row.installed,
    fixed_by: row.fixed,
    severity: row.severity,
    severity_source: row.severitySource,
    cvss: row.cvssScore === null ? null : { score: row.cvssScore, vector: row.cvssVector },
    scanners: row.scanners,
    layers: row.layers,
    accepted: row.accepted,
    first_found_at: row.foundAt.toISOString(),
  };
}

/** `demo`: its findings are made up. */
export const scannerVerdictView = z
  .object({
    scanner: z.string(),
    demo: z.boolean(),
    digest: z.string(),
    version: z.string().nullable(),
    data_version: z.string().nullable(),
    data_at: z.string().nullable(),
    completed_at: z.string(),
    counts: countsView,
  })
  .meta({ id: 'ScannerVerdict' });

export function viewScannerVerdict(row: VerdictRow): z.output<typeof scannerVerdictView> {
  const { scanner, demo, digest, counts } = row;
  return {
    scanner,
    demo,
    digest,
    version: row.scannerVersion,
    data_version: row.dataVersion,
    data_at: row.dataAt?.toISOString() ?? null,
    completed_at: row.completedAt.toISOString(),
    counts,
  };
}

export const verdictQuery = z.object({
  max: z.enum([...SEVERITIES, 'none']).optional(),
  fixable_only: flag.optional(),
  max_age: z.coerce.number().int().min(1).max(87_600).optional(),
  unscanned: choice.default('fail'),
  unsupported: choice.default('fail'),
  failed: choice.default('pass'),
});
export type VerdictQuery = z.output<typeof verdictQuery>;

/**
 * `counts`: what counted, without accepted risks; `fixable` of them are mended in a newer version. `age`: of the verdict, in
 * seconds.
 */
export const verdictView = z
  .object({
    pass: z.boolean(),
    reasons: z.array(z.string()),
    digest: z.string(),
    state: z.enum(SCAN_STATES),
    verdict_at: z.string().nullable(),
    age: z.number().nullable(),
    worst: severity.nullable(),
    counts: z.record(severity, z.number()),
    fixable: z.number(),
    accepted: z.number(),
    scanners: z.array(scannerVerdictView),
  })
  .meta({ id: 'Verdict' });

export const affectedView = z
  .object({
    repository: z.object({ id: z.number(), full_name: z.string() }),
    tag: z.object({ id: z.number(), name: z.string() }),
    digest: z.string(),
    package: z.string(),
    installed_version: z.string(),
    fixed_by: z.string().nullable(),
    severity,
  })
  .meta({ id: 'AffectedImage' });

export function viewAffected(row: AffectedRow): z.output<typeof affectedView> {
  return {
    repository: { id: row.repositoryId, full_name: row.repository },
    tag: { id: row.tagId, name: row.tag },
    digest: row.digest,
    package: row.package,
    installed_version: row.installed,
    fixed_by: row.fixed,
    severity: row.severity,
  };
}

/** A vulnerability's name in a path. */
export const vulnerabilityName = name;

export const riskInput = z.object({
  vulnerability: name,
  package: name.nullish(),
  reason: z.string().trim().min(1).max(2_000),
  expires_at: z.iso.datetime({ offset: true }).nullish(),
});
export type RiskBody = z.output<typeof riskInput>;

export const riskView = z
  .object({
    id: z.number(),
    namespace_id: z.number().nullable(),
    vulnerability: z.string(),
    package: z.string().nullable(),
    reason: z.string(),
    author: z.object({ id: z.number().nullable(), name: z.string() }),
    expires_at: z.string().nullable(),
    expired: z.boolean(),
    created_at: z.string(),
  })
  .meta({ id: 'AcceptedRisk' });

export function viewRisk(row: RiskRow): z.output<typeof riskView> {
  return {
    id: row.id,
    namespace_id: row.namespaceId,
    vulnerability: row.vulnerability,
    package: row.package,
    reason: row.reason,
    author: { id: row.authorId, name: row.username },
    expires_at: row.expiresAt?.toISOString() ?? null,
    expired: row.expiresAt !== null && row.expiresAt.getTime() <= Date.now(),
    created_at: row.createdAt.toISOString(),
  };
}

/** What is answered to who asks for scans. */
export const asked = z.object({ message: z.string() }).meta({ id: 'ScanAsked' });
export const ASKED = { message: 'The scans wait.' };
