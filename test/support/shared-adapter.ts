import type { ServerResponse } from 'node:http';
import { answerJson, ScannerStandIn, type StandInRequest } from './scanner-stand-in.js';

const REPORT = 'application/vnd.security.vulnerability.report; version=1.1';
const OCI = 'application/vnd.oci.image.manifest.v1+json';
const PATH = /^\/api\/v1\/scan\/([^/]+)\/report/;

/** What one worker has asked for, by the digest: it is under way from its request to its report. */
interface UnderWay {
  worker: string;
  response: ServerResponse | null;
}

/**
 * A scanner adapter that several workers share, each of which it knows by its bearer token, and that notices when two of them
 * have the same digest scanned at the same time.
 */
export class SharedAdapter {
  /** How often each digest was scanned to its end. */
  readonly completed = new Map<string, number>();
  /** Digests that were begun while they were under way. */
  readonly twice: string[] = [];
  private readonly underWay = new Map<string, UnderWay>();
  private held: string | null = null;

  private constructor(
    private readonly service: ScannerStandIn,
    private readonly findings: readonly object[],
  ) {}

  static async start(findings: readonly object[]): Promise<SharedAdapter> {
    const service = await ScannerStandIn.start();
    const adapter = new SharedAdapter(service, findings);
    const capabilities = [{ type: 'vulnerability', consumes_mime_types: [OCI], produces_mime_types: [REPORT] }];
    const metadata = { scanner: { name: 'Shared', version: '1' }, capabilities };
    service.on('GET /api/v1/metadata', answerJson(200, 'application/json', metadata));
    service.on('POST /api/v1/scan', (response, request) => adapter.begin(response, request));
    service.otherwise = (response, request) => adapter.report(response, request);
    return adapter;
  }

  /** `PORTUS_SECURITY_ADAPTERS` of a worker that is known by this name. */
  settingsOf(worker: string): string {
    return JSON.stringify([{ name: 'shared', url: this.service.url, auth: { bearer: worker }, concurrency: 4 }]);
  }

  /** What a worker has under way. */
  of(worker: string): string[] {
    return [...this.underWay].filter(([, one]) => one.worker === worker).map(([digest]) => digest);
  }

  /** From now on this worker gets no report any more. */
  hold(worker: string): void {
    this.held = worker;
  }

  /** The worker is dead: what it had is in nobody's hands. Returns that. */
  forget(worker: string): string[] {
    const lost = this.of(worker);
    for (const digest of lost) {
      this.underWay.get(digest)?.response?.destroy();
      this.underWay.delete(digest);
    }
    this.held = null;
    return lost;
  }

  async stop(): Promise<void> {
    await this.service.stop();
  }

  private begin(response: ServerResponse, request: StandInRequest): void {
    const { artifact } = JSON.parse(request.body) as { artifact: { digest: string } };
    if (this.underWay.has(artifact.digest)) this.twice.push(artifact.digest);
    this.underWay.set(artifact.digest, { worker: nameOf(request), response: null });
    // Nothing is looked at here, and many are asked for.
    this.service.received.length = 0;
    answerJson(202, 'application/json', { id: artifact.digest })(response, request);
  }

  private report(response: ServerResponse, request: StandInRequest): void {
    const digest = decodeURIComponent(PATH.exec(request.path)?.[1] ?? '');
    const one = this.underWay.get(digest);
    if (one === undefined || one.worker !== nameOf(request)) return void response.writeHead(404).end();
    one.response = response;
    if (this.held === one.worker) return;
    this.underWay.delete(digest);
    this.completed.set(digest, (this.completed.get(digest) ?? 0) + 1);
    answerJson(200, REPORT, { artifact: { digest }, vulnerabilities: this.findings })(response, request);
  }
}

const nameOf = ({ headers }: StandInRequest): string => (headers.authorization ?? '').replace('Bearer ', '');
