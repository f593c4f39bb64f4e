import type { Finding, ScannerFacts } from './finding.js';
import { normalised } from './normalise.js';
import type { ScanOutcome, ScanRequest, Scanner } from './scanner.js';

const MADE_UP = 'This vulnerability is made up: the scanner "dummy" looks at nothing.';

/** No names of real vulnerabilities: whoever looks for one of these must not find what nobody has looked for. */
const FINDINGS = [
  { id: 'DUMMY-0001', package: 'busybox', installed: '1.24.2', fixed: '1.25.1', severity: 'high', title: MADE_UP },
  { id: 'DUMMY-0002', package: 'musl', installed: '1.1.14', fixed: '1.1.15', severity: 'medium', title: MADE_UP },
  { id: 'DUMMY-0003', package: 'made-up', installed: '1.0', fixed: null, severity: 'low', title: MADE_UP },
]
  .map((raw) => normalised(raw))
  .filter((finding): finding is Finding => finding !== null);

/** Finds the same three made-up vulnerabilities everywhere, for demonstrations and tests. */
export class DummyScanner implements Scanner {
  readonly name = 'dummy';
  readonly demo = true;
  readonly concurrency = 4;
  readonly timeout = 60;

  async describe(): Promise<ScannerFacts> {
    return { version: 'made up', dataVersion: null, dataAt: null };
  }

  async scan(_request: ScanRequest): Promise<ScanOutcome> {
    return { kind: 'report', report: { scanner: await this.describe(), findings: FINDINGS } };
  }
}
