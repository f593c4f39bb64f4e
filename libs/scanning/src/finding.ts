import type { Severity } from '#domain/scan/severity.js';

export interface Cvss {
  /** 0 to 10. */
  score: number;
  vector: string | null;
}

/** A vulnerability in a package of an image, as every scanner's report is translated to. Use {@link normalised} to make it. */
export interface Finding {
  /** The CVE where there is one, else what the scanner calls it. */
  id: string;
  /** Its other names. */
  aliases: string[];
  /** Name of the package as its ecosystem has it. */
  package: string;
  /** Package URL with version; null: the scanner tells none. */
  purl: string | null;
  installed: string;
  /** Versions in which it is fixed, as the scanner writes them; null: none yet. */
  fixed: string | null;
  severity: Severity;
  /** Who rated it so (`debian`, `nvd`, `ghsa`, …); null: not told. */
  severitySource: string | null;
  cvss: Cvss | null;
  title: string | null;
  links: string[];
  /** Digest of the layer that brings the package; null: not told. */
  layerDigest: string | null;
}

/** What a scanner says of itself: it is kept with every verdict. */
export interface ScannerFacts {
  version: string | null;
  /** What it calls the state of its data (a database's version, a matcher's state); null: not told. */
  dataVersion: string | null;
  /** Of when its data are; a newer one is a reason to scan again. null: not told. */
  dataAt: Date | null;
}

/** A document about what is inside of an image. */
export interface Sbom {
  format: 'cyclonedx' | 'spdx';
  mediaType: string;
  body: Buffer;
}

/** A completed scan of one manifest. */
export interface Report {
  scanner: ScannerFacts;
  findings: Finding[];
  /** Only from scanners that make one. */
  sbom?: Sbom | null;
}
