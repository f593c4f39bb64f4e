import type { ScanState } from '#domain/scan/scan-report.entity.js';

export interface ScanTarget {
  registryId: number;
  digest: string;
}

export interface ScanOutcome {
  state: Exclude<ScanState, 'queued'>;
  /** Why, for people; null for a completed scan. */
  reason: string | null;
}

/** The port behind which scanners live. */
export interface Scanner {
  readonly name: string;
  /** Scans one manifest. Throws only when trying again later may help. */
  scan(target: ScanTarget, signal: AbortSignal): Promise<ScanOutcome>;
}

/** No scanner is configured: says so, because silence would look like "no vulnerabilities". */
export class NoScanner implements Scanner {
  readonly name = 'none';

  async scan(): Promise<ScanOutcome> {
    return { state: 'not_scanned', reason: 'no scanner configured' };
  }
}
