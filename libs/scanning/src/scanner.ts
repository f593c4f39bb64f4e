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
