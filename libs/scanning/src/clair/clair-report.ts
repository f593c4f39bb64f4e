import { z } from 'zod';
import type { Finding } from '../finding.js';
import { MAX_FINDINGS, normalised } from '../normalise.js';
import { ScanError } from '../scanner.js';

/** Vendors tell them apart; what is in them is bounded when it is normalised. */
const words = z.string().optional().catch(undefined);
const clairPackage = z.object({ name: words, version: words });
const vulnerability = z.object({
  name: words,
  description: words,
  links: words,
  normalized_severity: words,
  fixed_in_version: words,
  updater: words,
});
const environment = z.object({ introduced_in: words });

/** Clair v4's `vulnerability_report` (its OpenAPI document 1.2, `httptransport/types/v1/*.schema.json`), as far as it is used. */
const report = z.object({
  manifest_hash: z.string(),
  packages: z.record(z.string(), clairPackage),
  environments: z.record(z.string(), z.array(environment).nullable()).nullish(),
  vulnerabilities: z.record(z.string(), vulnerability),
  package_vulnerabilities: z.record(z.string(), z.array(z.string()).nullable()),
  enrichments: z.record(z.string(), z.array(z.unknown()).nullable()).nullish(),
});
type Report = z.output<typeof report>;
type Rating = { score: unknown; vector: unknown };

export interface ClairReport {
  digest: string;
  /** Whether Clair knows any package; one that only knows the distribution has looked at nothing. */
  hasContent: boolean;
  findings: Finding[];
}

/** Reads a report of Clair. Throws {@link ScanError} for what is none, and for more findings than anybody could read. */
export function readClairReport(value: unknown): ClairReport {
  const parsed = report.safeParse(value);
  if (!parsed.success) throw new ScanError('failed', "Clair's answer is no vulnerability report");
  const { data } = parsed;
  const hasContent = Object.keys(data.packages).length > 0;
  return { digest: data.manifest_hash, hasContent, findings: findingsOf(data) };
}

function findingsOf(data: Report): Finding[] {
  const ratings = ratingsOf(data);
  const findings: Finding[] = [];
  for (const [packageId, ids] of Object.entries(data.package_vulnerabilities)) {
    for (const id of new Set(ids ?? [])) {
      const finding = findingOf(data, packageId, id, ratings);
      if (finding !== null) findings.push(finding);
      if (findings.length > MAX_FINDINGS)
        throw new ScanError('refused', `the report holds more than ${MAX_FINDINGS} findings`);
    }
  }
  return findings;
}

function findingOf(data: Report, packageId: string, id: string, ratings: ReadonlyMap<string, Rating>): Finding | null {
  const found = own(data.packages, packageId);
  const issue = own(data.vulnerabilities, id);
  if (!found || !issue) throw new ScanError('failed', "Clair's report names what it does not hold");
  const links = (issue.links ?? '').split(/\s+/).filter((link) => link !== '');
  return normalised({
    ...namesOf(issue.name ?? '', links),
    package: found.name,
    installed: found.version,
    fixed: issue.fixed_in_version,
    severity: issue.normalized_severity,
    severitySource: issue.updater,
    cvss: ratings.get(id) ?? null,
    title: issue.description,
    links,
    layerDigest: own(data.environments ?? {}, packageId)?.[0]?.introduced_in,
  });
}

/**
 * Names are what vendors write: `CVE-2020-1 on Ubuntu 18.04 (bionic) - low`, `RHSA-2021:1: an update (Important)`. What is
 * named otherwise gets its CVE from its links, where these know of exactly one.
 */
function namesOf(name: string, links: readonly string[]): { id: string; aliases: string[] } {
  const [first = ''] = name.trim().split(/\s/);
  const id = /CVE-\d{4}-\d{4,}/.exec(name)?.[0] ?? first.replace(/:$/, '');
  const cves = new Set(links.flatMap((link) => link.match(/CVE-\d{4}-\d{4,}/g) ?? []));
  return { id, aliases: cves.size === 1 ? [...cves] : [] };
}

/** Ratings by vulnerability, from the enrichment of Clair's `clair.cvss` (claircore `enricher/cvss`): FIRST's CVSS 3 JSON. */
function ratingsOf({ enrichments }: Report): ReadonlyMap<string, Rating> {
  const ratings = new Map<string, Rating>();
  const kind = Object.keys(enrichments ?? {}).find((key) => key.includes('enricher=clair.cvss'));
  for (const one of (kind === undefined ? null : enrichments?.[kind]) ?? []) {
    for (const [id, list] of Object.entries((one ?? {}) as Record<string, unknown>)) {
      const [best] = (Array.isArray(list) ? list : []) as { baseScore?: unknown; vectorString?: unknown }[];
      if (best) ratings.set(id, { score: best.baseScore, vector: best.vectorString });
    }
  }
  return ratings;
}

/** A name of `Object.prototype` is no entry. */
function own<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
