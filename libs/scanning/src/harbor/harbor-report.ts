import { z } from 'zod';
import type { Finding, Sbom } from '../finding.js';
import { MAX_FINDINGS, normalised } from '../normalise.js';
import { ScanError, type ScanTarget } from '../scanner.js';
import { CYCLONEDX } from './harbor-metadata.js';

const artifact = z.object({ repository: z.string().nullish(), digest: z.string() });
/** What it holds is judged when it is normalised. */
const anything = z.unknown().optional();
const item = z.looseObject({
  id: anything,
  package: anything,
  version: anything,
  fix_version: anything,
  severity: anything,
  description: anything,
  links: anything,
  /** 1.0 and 1.1; since then `preferred_cvss`. */
  cve3_score: anything,
  cvss3_vector: anything,
  preferred_cvss: z.object({ score_v3: anything, vector_v3: anything }).nullish().catch(null),
  /** Harbor shows an artifact in which it is; adapters that tell the layer do it here. */
  layer: z.object({ digest: anything }).nullish().catch(null),
});
/** Harbor's scanner adapter API, `HarborVulnerabilityReport`. */
const report = z.object({ artifact, vulnerabilities: z.array(item).nullish() });
/** Since 1.2, `HarborSbomReport`. */
const sbomReport = z.object({ artifact, media_type: z.literal(CYCLONEDX), sbom: z.looseObject({}) });

/** The findings of a report. Throws {@link ScanError} for what is none, for another image's, and for too many findings. */
export function readHarborReport(value: unknown, target: ScanTarget): Finding[] {
  const parsed = report.safeParse(value);
  if (!parsed.success) throw new ScanError('failed', 'its answer is no report of vulnerabilities');
  checkArtifact(parsed.data.artifact, target);
  const items = parsed.data.vulnerabilities ?? [];
  if (items.length > MAX_FINDINGS)
    throw new ScanError('refused', `the report holds more than ${MAX_FINDINGS} findings`);
  return items.map(findingOf).filter((finding) => finding !== null);
}

/** The SBOM of a report in CycloneDX, and whether it lists nothing. Throws {@link ScanError} for what is none, and for another image's. */
export function readHarborSbom(value: unknown, target: ScanTarget): { sbom: Sbom; isEmpty: boolean } {
  const parsed = sbomReport.safeParse(value);
  if (!parsed.success || parsed.data.sbom['bomFormat'] !== 'CycloneDX')
    throw new ScanError('failed', 'its answer is no SBOM in CycloneDX');
  checkArtifact(parsed.data.artifact, target);
  const { components } = parsed.data.sbom;
  const body = Buffer.from(JSON.stringify(parsed.data.sbom));
  return {
    sbom: { format: 'cyclonedx', mediaType: CYCLONEDX, body },
    isEmpty: !Array.isArray(components) || components.length === 0,
  };
}

function checkArtifact({ repository, digest }: z.output<typeof artifact>, target: ScanTarget): void {
  if (digest !== target.digest || (repository && repository !== target.repository))
    throw new ScanError('failed', 'its report is about another image');
}

function findingOf(one: z.output<typeof item>): Finding | null {
  const score = one.preferred_cvss?.score_v3 ?? one.cve3_score;
  return normalised({
    id: one.id,
    package: one.package,
    installed: one.version,
    fixed: one.fix_version,
    severity: one.severity,
    cvss: {
      score: typeof score === 'string' && score.trim() !== '' ? Number(score) : score,
      vector: one.preferred_cvss?.vector_v3 ?? one.cvss3_vector,
    },
    title: one.description,
    links: one.links,
    layerDigest: one.layer?.digest,
  });
}
