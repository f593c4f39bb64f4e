import type { Report, ScannerFacts } from './finding.js';

/** One image of a registry; never an index, whose verdict is made of its platforms'. */
export interface ScanTarget {
  /** `https://registry.example.com` or `http://…`, as Portus itself reaches it; no path. */
  registryUrl: string;
  /** Path of a repository that has it: `team/app`. */
  repository: string;
  digest: string;
  mediaType: string;
  /** Of its configuration, as far as it is known. */
  platform: { os: string | null; architecture: string | null; variant: string | null };
  /** Bytes of configuration and layers. */
  size: number;
}

export interface ScanRequest {
  target: ScanTarget;
  /**
   * Signs a token with which this repository, and nothing else, can be pulled from for some minutes. Each call makes a new
   * one. It is a secret: it goes into headers, environments and files of mode 0600, never into arguments or logs.
   */
  pullToken: () => Promise<string>;
  /** Aborted when the scan is cancelled, timed out or taken over: nothing of it may be left running. */
  signal: AbortSignal;
}

/** `unsupported`: it was understood and holds nothing that this scanner can look at. That is not "clean". */
export type ScanOutcome = { kind: 'report'; report: Report } | { kind: 'unsupported'; reason: string };

/**
 * The port behind which scanners live: one adapter per kind. Adapters keep no state that matters, bound everything that
 * they read, and throw {@link ScanError} for what went wrong.
 */
export interface Scanner {
  /** Identifies its verdicts for ever: lower-case letters, digits, `-`; at most 64. */
  readonly name: string;
  /** Its findings are made up: shown with every one of them. */
  readonly demo: boolean;
  /** Scans that one process has under way at most. */
  readonly concurrency: number;
  /** Seconds that one scan may take. */
  readonly timeout: number;
  /** Whether it can be used now, and of when its data are. Asked every minute or so. Throws when it is away. */
  describe(signal: AbortSignal): Promise<ScannerFacts>;
  scan(request: ScanRequest): Promise<ScanOutcome>;
}

/**
 * away: the scanner can not be used at all now, which is no fault of the image: others wait too, and no attempt is counted.
 * failed: this scan failed, and may succeed later. refused: it will fail again, so it is not tried again soon.
 */
export type ScanErrorKind = 'away' | 'failed' | 'refused';

/** Why there is no verdict. The message is shown to people: no secrets, no addresses with credentials. */
export class ScanError extends Error {
  override readonly name = 'ScanError';

  constructor(
    readonly kind: ScanErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
