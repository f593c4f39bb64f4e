import type { ScannerFacts } from '../finding.js';
import { runGuarded } from '../guarded-process.js';
import { ScanError, type ScanOutcome, type ScanRequest, type Scanner, type ScanTarget } from '../scanner.js';
import { lastLine, TrivyDatabase } from './trivy-database.js';
import { TrivyReportReader } from './trivy-report.js';
import { trivyEnvironment, type TrivySettings } from './trivy-settings.js';

/** What it was told of itself is believed for so long, milliseconds. */
const FACTS_MS = 15_000;

/** Has images scanned by Trivy's program, alone or as the client of a Trivy server. */
export class TrivyScanner implements Scanner {
  readonly name = 'trivy';
  readonly demo = false;
  readonly concurrency: number;
  readonly timeout: number;
  private readonly database: TrivyDatabase;
  private known: { facts: Promise<ScannerFacts>; until: number } | null = null;

  constructor(private readonly settings: TrivySettings) {
    this.concurrency = settings.concurrency;
    this.timeout = settings.timeout;
    this.database = new TrivyDatabase(settings);
  }

  async describe(signal: AbortSignal): Promise<ScannerFacts> {
    const facts = this.database.facts(signal);
    this.known = { facts, until: Date.now() + FACTS_MS };
    facts.catch(() => (this.known = null));
    return facts;
  }

  async scan(request: ScanRequest): Promise<ScanOutcome> {
    const { target, signal } = request;
    // Before the scan: a database that is replaced meanwhile makes the verdict older than it is, never newer.
    const scanner = await (this.known && Date.now() < this.known.until ? this.known.facts : this.describe(signal));
    const reader = new TrivyReportReader();
    const { code, complaints } = await runGuarded({
      command: this.settings.command,
      args: argumentsFor(this.settings, target),
      env: await this.environment(request),
      signal,
      onOutput: (chunk) => reader.write(chunk),
    });
    if (code !== 0) throw failure(code, complaints);
    const { artifact, hasContent, findings } = reader.end();
    if (artifact === null || !artifact.endsWith(`@${target.digest}`))
      throw new ScanError('failed', "Trivy's report is about another image");
    if (!hasContent) return { kind: 'unsupported', reason: 'Trivy finds no packages in it that it knows' };
    return { kind: 'report', report: { scanner, findings } };
  }

  private async environment({ target, pullToken }: ScanRequest): Promise<Record<string, string>> {
    const { serverToken, insecure } = this.settings;
    return {
      ...trivyEnvironment(this.settings, process.env),
      TRIVY_REGISTRY_TOKEN: await pullToken(),
      ...(serverToken === null ? {} : { TRIVY_TOKEN: serverToken }),
      ...(insecure ? { TRIVY_INSECURE: 'true' } : {}),
      ...(target.registryUrl.startsWith('http:') ? { TRIVY_NON_SSL: 'true' } : {}),
    };
  }
}

/** The cache of layers is in memory: one on disk can be opened by one process at a time only. */
function argumentsFor({ server, offline }: TrivySettings, target: ScanTarget): string[] {
  const { os, architecture, variant } = target.platform;
  const platform = [os, architecture, variant].filter((part) => part !== null).join('/');
  return [
    'image',
    '--format',
    'json',
    '--scanners',
    'vuln',
    '--image-src',
    'remote',
    '--quiet',
    ...(server === null ? ['--skip-db-update', '--cache-backend', 'memory'] : ['--server', server]),
    ...(offline ? ['--offline-scan', ...(server === null ? ['--skip-java-db-update'] : [])] : []),
    ...(os !== null && architecture !== null ? ['--platform', platform] : []),
    `${new URL(target.registryUrl).host}/${target.repository}@${target.digest}`,
  ];
}

/** What will fail again, and what is no fault of the image; all else may succeed at another time. */
const REFUSED =
  /MANIFEST_UNKNOWN|BLOB_UNKNOWN|NAME_UNKNOWN|unsupported (media|MIME) ?type|unexpected end of (tar|archive)|invalid tar header/i;
const AWAY =
  /executable file not found|: not found$|Permission denied$|no such host.*server|first run cannot skip downloading DB|database error/i;

function failure(code: number | null, complaints: string): ScanError {
  const line = lastLine(complaints);
  if (code === 126 || code === 127 || AWAY.test(line)) return new ScanError('away', `Trivy can not be used: ${line}`);
  return new ScanError(
    REFUSED.test(complaints) ? 'refused' : 'failed',
    `Trivy ended with ${code ?? 'a signal'}: ${line}`,
  );
}
