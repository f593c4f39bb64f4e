import { JSONParser } from '@streamparser/json';
import type { Finding } from '../finding.js';
import { MAX_FINDINGS, normalised } from '../normalise.js';
import { ScanError } from '../scanner.js';

/** A longer report is refused, however it may go on. */
export const MAX_REPORT_BYTES = 100 * 1024 * 1024;

/** What is used of a vulnerability in Trivy's JSON report (schema 2; `pkg/types/vulnerability.go` and trivy-db's types). */
interface TrivyVulnerability {
  VulnerabilityID?: unknown;
  VendorIDs?: unknown;
  PkgName?: unknown;
  PkgIdentifier?: { PURL?: unknown };
  InstalledVersion?: unknown;
  FixedVersion?: unknown;
  Severity?: unknown;
  SeveritySource?: unknown;
  CVSS?: unknown;
  Title?: unknown;
  PrimaryURL?: unknown;
  References?: unknown;
  Layer?: { Digest?: unknown };
}

export interface TrivyReport {
  /** What it was asked to scan, and did: `host/repository@digest`. */
  artifact: string | null;
  /** Whether it found an operating system or packages: without them it has looked at nothing. */
  hasContent: boolean;
  findings: Finding[];
}

/**
 * Reads a report while it comes in: of what is not used nothing is kept. Throws {@link ScanError} for what is no report, too
 * long, or holds too many findings.
 */
export class TrivyReportReader {
  private readonly parser = new JSONParser({
    paths: [
      '$.SchemaVersion',
      '$.ArtifactName',
      '$.Metadata',
      '$.Results.*.Packages.*',
      '$.Results.*.Vulnerabilities.*',
    ],
    keepStack: false,
  });
  private readonly report: TrivyReport = { artifact: null, hasContent: false, findings: [] };
  private schema: unknown = null;
  private bytes = 0;
  private problem: Error | null = null;

  constructor() {
    this.parser.onValue = ({ value, key, stack }) => this.take(value, key, stack.length);
    this.parser.onError = (error) => {
      this.problem ??= new ScanError('failed', 'Trivy wrote something that is no JSON report', { cause: error });
    };
  }

  write(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > MAX_REPORT_BYTES)
      throw new ScanError('refused', `Trivy's report is longer than ${MAX_REPORT_BYTES / 1024 / 1024} MiB`);
    this.parser.write(chunk);
    if (this.problem) throw this.problem;
  }

  end(): TrivyReport {
    if (!this.parser.isEnded) throw new ScanError('failed', "Trivy's report is cut short");
    if (this.schema !== 2) throw new ScanError('failed', "Trivy's report is of another schema than 2");
    return this.report;
  }

  private take(value: unknown, key: unknown, depth: number): void {
    if (depth > 2) return this.takeOfResult(value as TrivyVulnerability & { Name?: unknown });
    if (key === 'SchemaVersion') this.schema = value;
    if (key === 'ArtifactName' && typeof value === 'string') this.report.artifact = value;
    if (key === 'Metadata' && (value as { OS?: unknown } | null)?.OS) this.report.hasContent = true;
  }

  private takeOfResult(value: TrivyVulnerability & { Name?: unknown }): void {
    this.report.hasContent = true;
    if (value?.VulnerabilityID === undefined) return;
    const finding = normalised(rawFinding(value));
    if (finding === null) return;
    this.report.findings.push(finding);
    if (this.report.findings.length > MAX_FINDINGS)
      this.problem ??= new ScanError('refused', `the report holds more than ${MAX_FINDINGS} findings`);
  }
}

function rawFinding(one: TrivyVulnerability) {
  const links = [one.PrimaryURL, ...(Array.isArray(one.References) ? (one.References as unknown[]) : [])];
  return {
    id: one.VulnerabilityID,
    aliases: one.VendorIDs,
    package: one.PkgName,
    purl: one.PkgIdentifier?.PURL,
    installed: one.InstalledVersion,
    fixed: one.FixedVersion,
    severity: one.Severity,
    severitySource: one.SeveritySource,
    cvss: cvssOf(one.CVSS, one.SeveritySource),
    title: one.Title,
    links: [...new Set(links)],
    layerDigest: one.Layer?.Digest,
  };
}

/** The rating of whoever gave the severity, else NVD's, else any. */
function cvssOf(value: unknown, source: unknown): { score: unknown; vector: unknown } | null {
  const bySource = (value ?? {}) as Record<string, Record<string, unknown> | undefined>;
  const rating = bySource[String(source)] ?? bySource['nvd'] ?? Object.values(bySource)[0];
  if (!rating) return null;
  const version = ['V40', 'V3', 'V2'].find((name) => typeof rating[`${name}Score`] === 'number');
  return version === undefined ? null : { score: rating[`${version}Score`], vector: rating[`${version}Vector`] };
}
