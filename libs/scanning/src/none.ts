import type { ScanOutcome, Scanner } from './scanner.js';

/** No scanner is configured: says so, because silence would look like "no vulnerabilities". */
export class NoScanner implements Scanner {
  readonly name = 'none';

  async scan(): Promise<ScanOutcome> {
    return { state: 'not_scanned', reason: 'no scanner configured' };
  }
}
