import { z } from 'zod';
import type { ScannerFacts } from '../finding.js';
import { complaintOf, ScannerHttp } from '../http/scanner-http.js';
import { runGuarded } from '../guarded-process.js';
import { ScanError } from '../scanner.js';
import { trivyEnvironment, type TrivySettings } from './trivy-settings.js';

const MAX_ANSWER_BYTES = 1024 * 1024;
/** A database that could not be fetched is asked for again after so long, milliseconds: the old one serves meanwhile. */
const FETCH_PAUSE_MS = 10 * 60_000;
const FETCH_TIMEOUT_MS = 30 * 60_000;
/** Seconds in which a server tells its version. */
const QUICK = 15;

const date = z.coerce.date().catch(new Date(0));
/** `trivy version --format json`, and `GET /version` of its server (`pkg/version/version.go`). */
const version = z.object({
  Version: z.string().max(100).optional(),
  VulnerabilityDB: z.object({ Version: z.number(), NextUpdate: date, UpdatedAt: date }).nullish(),
});
type Version = z.output<typeof version>;

/**
 * Trivy's vulnerability database: how old it is, and that it is fetched once for all scans, which never fetch it
 * themselves. While a newer one can not be had, the old one is used.
 */
export class TrivyDatabase {
  private fetching: Promise<void> | null = null;
  private nextFetch = 0;
  private fetchProblem: string | null = null;
  private readonly server: ScannerHttp | null;

  constructor(
    private readonly settings: TrivySettings,
    private readonly now: () => number = Date.now,
  ) {
    this.server = settings.server === null ? null : new ScannerHttp('the Trivy server', settings.server, () => ({}));
  }

  /** Throws {@link ScanError} `away` while there is no database at all. */
  async facts(signal: AbortSignal): Promise<ScannerFacts> {
    const found = this.server === null ? await this.ofProgram(signal) : await this.ofServer(this.server, signal);
    const database = found.VulnerabilityDB ?? null;
    if (this.server === null && !this.settings.offline && isDue(database, this.now())) this.fetchSoon();
    if (database === null) throw new ScanError('away', this.fetchProblem ?? 'Trivy has no vulnerability database yet');
    const dataVersion = `${database.Version}, ${database.UpdatedAt.toISOString()}`;
    return { version: found.Version ?? null, dataVersion, dataAt: database.UpdatedAt };
  }

  private async ofProgram(signal: AbortSignal): Promise<Version> {
    const { text, code, complaints } = await this.run(['version', '--format', 'json'], {}, signal);
    if (code !== 0)
      throw new ScanError('away', `Trivy can not be used: ${lastLine(complaints) || `it ended with ${code}`}`);
    return parsed(text);
  }

  private async ofServer(server: ScannerHttp, signal: AbortSignal): Promise<Version> {
    const asked = { method: 'GET', path: '/version', accept: 'application/json', cap: MAX_ANSWER_BYTES } as const;
    try {
      const answer = await server.ask({ ...asked, timeout: QUICK, signal });
      if (answer.status !== 200) throw new ScanError('away', `the Trivy server ${complaintOf(answer)}`);
      return parsed(answer.body.toString('utf8'));
    } catch (error) {
      // Whatever is wrong with it is no fault of an image.
      if (error instanceof ScanError) throw new ScanError('away', error.message, { cause: error });
      throw error;
    }
  }

  private fetchSoon(): void {
    if (this.fetching || this.now() < this.nextFetch) return;
    this.nextFetch = this.now() + FETCH_PAUSE_MS;
    const repository = this.settings.dbRepository;
    const env: Record<string, string> = repository === null ? {} : { TRIVY_DB_REPOSITORY: repository };
    this.fetching = this.run(['image', '--download-db-only'], env, AbortSignal.timeout(FETCH_TIMEOUT_MS))
      .then(({ code, complaints }) => {
        this.fetchProblem = code === 0 ? null : `Trivy's database could not be fetched: ${lastLine(complaints)}`;
      })
      .catch((error: Error) => {
        this.fetchProblem = `Trivy's database could not be fetched: ${error.message}`;
      })
      .finally(() => {
        this.fetching = null;
      });
  }

  private async run(args: string[], env: Record<string, string>, signal: AbortSignal) {
    let text = '';
    const onOutput = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      if (text.length > MAX_ANSWER_BYTES) throw new ScanError('away', "Trivy's answer is too long");
    };
    const all = { ...trivyEnvironment(this.settings, process.env), ...env };
    const ended = await runGuarded({ command: this.settings.command, args, env: all, signal, onOutput });
    return { ...ended, text };
  }
}

function isDue(database: Version['VulnerabilityDB'], now: number): boolean {
  return !database || database.NextUpdate.getTime() < now;
}

function parsed(text: string): Version {
  try {
    return version.parse(JSON.parse(text));
  } catch {
    throw new ScanError('away', 'Trivy does not tell its version');
  }
}

/** The last line of what Trivy complained about, bounded; it holds no secrets, because no call has any in its arguments. */
export function lastLine(complaints: string): string {
  const lines = complaints.split('\n').map((line) => line.trim());
  return (lines.findLast((line) => /\t?FATAL|error/i.test(line)) ?? lines.at(-1) ?? '').slice(-500);
}
