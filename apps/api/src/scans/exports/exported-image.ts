import type { Severity } from '#domain/scan/severity.js';

/** A vulnerability in a version of a package, merged of all scanners and platforms. */
export interface ExportedFinding {
  vulnerability: string;
  aliases: string[];
  title: string | null;
  links: string[];
  package: string;
  purl: string | null;
  installed: string;
  fixed: string | null;
  severity: Severity;
  severitySource: string | null;
  cvssScore: number | null;
  cvssVector: string | null;
  scanners: string[];
  layers: string[];
  accepted: { reason: string; username: string; expires_at: string | null } | null;
  foundAt: Date;
}

/** What one scanner has said of it, or of one of its platforms. */
export interface ExportedVerdict {
  scanner: string;
  demo: boolean;
  digest: string;
  scannerVersion: string | null;
  dataVersion: string | null;
  dataAt: Date | null;
  completedAt: Date;
}

/** An image with a verdict, in the terms of all formats. */
export interface ExportedImage {
  /** Host of the registry, as clients write it. */
  registry: string;
  repository: string;
  tag: string;
  digest: string;
  /** Of the oldest verdict that this is made of. */
  verdictAt: Date;
  verdicts: ExportedVerdict[];
  findings: ExportedFinding[];
}

/** `host/team/app@sha256:…`: what the export is about, whatever becomes of the tag. */
export function referenceOf({ registry, repository, digest }: ExportedImage): string {
  return `${registry}/${repository}@${digest}`;
}

/** Each scanner once, with the version that it had when it looked last. */
export function scannersOf({ verdicts }: ExportedImage): ExportedVerdict[] {
  const newest = verdicts.toSorted((a, b) => a.completedAt.getTime() - b.completedAt.getTime());
  return [...new Map(newest.map((verdict) => [verdict.scanner, verdict])).values()].toSorted((a, b) =>
    a.scanner < b.scanner ? -1 : 1,
  );
}

/** Package URL of the image (purl-spec, type `oci`). */
export function purlOf({ registry, repository, digest, tag }: ExportedImage): string {
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  const query = new URLSearchParams({ repository_url: `${registry}/${repository}`, tag });
  return `pkg:oci/${encodeURIComponent(name)}@${encodeURIComponent(digest)}?${query}`;
}

/**
 * The links of a finding as addresses (RFC 3986): what scanners write may hold letters that only browsers understand. What is
 * no address even then is left out.
 */
export function addressesOf({ links }: ExportedFinding): string[] {
  const addresses = links.map((link) => {
    const [before, ...fragment] = link.split('#');
    return [before, ...(fragment.length > 0 ? [fragment.join('%23')] : [])].map((part) => escaped(part!)).join('#');
  });
  return [...new Set(addresses)].filter((address) => URL.canParse(address));
}

function escaped(part: string): string {
  return part.replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~:/?@!$&'()*+,;=%]/gu, encodeURIComponent);
}
