import { z } from 'zod';
import { companionOf } from '#domain/manifest/referrers.js';
import { portusVulnerabilityView, scanView, viewPortusVulnerability, viewScan } from '../scans/scan-view.js';
import type { FindingRow } from '#persistence/scan-findings.repository.js';
import type { TagRow } from '#persistence/tags.repository.js';

const platform = z.object({
  os: z.string().nullable(),
  architecture: z.string().nullable(),
  variant: z.string().nullable(),
  digest: z.string(),
  size: z.number().nullable(),
});

export const tagView = z
  .object({
    id: z.number(),
    name: z.string(),
    repository: z.object({ id: z.number(), full_name: z.string(), registry_hostname: z.string() }),
    author: z.object({ id: z.number().nullable(), name: z.string() }).nullable(),
    digest: z.string(),
    image_id: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    size: z.number(),
    scanned: z.number(),
    vulnerabilities: z.array(portusVulnerabilityView).nullable(),
    media_type: z.string(),
    artifact_type: z.string().nullable(),
    platforms: z.array(platform),
    describes: z.string().nullable(),
    pulled_at: z.string().nullable(),
    pull_count: z.number(),
    scan: scanView,
  })
  .meta({ id: 'Tag' });

/**
 * Portus's representation (`scanned` 0: not scanned, 1: at work, 2: done; `vulnerabilities` null: nothing is known, or not told in lists), and
 * beside it what Portus had not: where it is, media type, platforms, the digest that a signature or SBOM tag describes, pulls, and
 * the verdict of the scanners, or why there is none.
 */
export function viewTag(row: TagRow): z.output<typeof tagView> {
  const author = row.username === null ? null : { id: row.authorId, name: row.username };
  return {
    id: row.id,
    name: row.name,
    repository: { id: row.repositoryId, full_name: row.fullName, registry_hostname: row.registryHostname },
    author,
    digest: row.digest,
    image_id: row.configDigest?.replace(/^sha256:/, '') ?? '',
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    size: Number(row.size),
    scanned: scannedOf(row),
    vulnerabilities: null,
    media_type: row.mediaType,
    artifact_type: row.artifactType,
    platforms: row.platforms,
    describes: companionOf(row.name)?.describes ?? null,
    pulled_at: row.pulledAt?.toISOString() ?? null,
    pull_count: Number(row.pullCount),
    scan: viewScan(row),
  };
}

/** With what was found in it; null: nothing is known. */
export function viewWholeTag(row: TagRow, findings: readonly FindingRow[] | null): z.output<typeof tagView> {
  return { ...viewTag(row), vulnerabilities: findings?.map(viewPortusVulnerability) ?? null };
}

/** Portus knew no failures and nothing that can not be scanned: to its clients these are not scanned. */
function scannedOf({ scanState }: TagRow): number {
  if (scanState === 'done') return 2;
  return scanState === 'running' ? 1 : 0;
}

const day = z.iso.date();

export const pullsQuery = z.object({ from: day.optional(), to: day.optional() });
export type PullsQuery = z.output<typeof pullsQuery>;

export const pullsView = z
  .object({
    from: z.string(),
    to: z.string(),
    /** Of these days. */
    pulls: z.number(),
    days: z.array(z.object({ day: z.string(), pulls: z.number() })),
  })
  .meta({ id: 'TagPulls' });
