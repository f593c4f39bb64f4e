import type { Finding, ScannerFacts } from '../finding.js';
import { runGuarded } from '../guarded-process.js';
import { ScanError, type ScanOutcome, type ScanRequest, type Scanner, type ScanTarget } from '../scanner.js';
import { lastLine, TrivyDatabase } from './trivy-database.js';
import { TrivyReportReader } from './trivy-report.js';
import { KeptReport } from './trivy-sbom.js';
import { trivyEnvironment, type TrivySettings } from './trivy-settings.js';

/** What it was told of itself is believed for so long, milliseconds. */
const FACTS_MS = 15_000;
/** Seconds by which Trivy's own patience is longer than ours: who ends a scan tells why. */
const MORE_PATIENCE = 60;

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
    const { signal } = request;
    // Before the scan: a database that is replaced meanwhile makes the verdict older than it is, never newer.
    const scanner = await (this.known && Date.now() < this.known.until ? this.known.facts : this.describe(signal));
    const kept = this.settings.sbom ? KeptReport.make() : null;
    try {
      const findings = await this.findings(request, (chunk) => kept?.write(chunk));
      if (findings === null) return { kind: 'unsupported', reason: 'Trivy finds no packages in it that it knows' };
      return { kind: 'report', report: { scanner, findings, sbom: (await kept?.sbom(this.settings, signal)) ?? null } };
    } finally {
      await kept?.remove();
    }
  }

  /** null: there is nothing in the image that Trivy could look at. */
  private async findings(request: ScanRequest, onOutput: (chunk: Buffer) => void): Promise<Finding[] | null> {
    const { target, signal } = request;
    const reader = new TrivyReportReader();
    const { code, complaints } = await runGuarded({
      command: this.settings.command,
      args: argumentsFor(this.settings, target),
      env: await this.environment(request),
      signal,
      onOutput: (chunk) => {
        reader.write(chunk);
        onOutput(chunk);
      },
    });
    if (code !== 0) throw failure(code, complaints);
    const { artifact, hasContent, findings } = reader.end();
    if (artifact === null || !artifact.endsWith(`@${target.digest}`))
      throw new ScanError('failed', "Trivy's report is about another image");
    return hasContent ? findings : null;
  }

  private async environment({ target, pullToken }: ScanRequest): Promise<Record<string, string>> {
    const { serverToken, insecure } = this.settings;
    return {
      ...trivyEnvironment(this.settings, process.env),
      TRIVY_REGISTRY_TOKEN: await pullToken(),
      TRIVY_TIMEOUT: `${this.timeout + MORE_PATIENCE}s`,
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
const AWAY = [
  /executable file not found|: not found$|Permission denied$|no such host.*server|first run cannot skip downloading DB/i,
  /database error|vulnerability database may be in use/i,
  // Of a server: it can not be reached, or does not let us in. One that breaks off in the middle may do so because of the image.
  /twirp error (unauthenticated|unavailable)|\/twirp\/[^"]*": dial /,
];

function failure(code: number | null, complaints: string): ScanError {
  const line = lastLine(complaints);
  if (code === 126 || code === 127 || AWAY.some((one) => one.test(line)))
    return new ScanError('away', `Trivy can not be used: ${line}`);
  return new ScanError(
    REFUSED.test(complaints) ? 'refused' : 'failed',
    `Trivy ended with ${code ?? 'a signal'}: ${line}`,
  );
}
