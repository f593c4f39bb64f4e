import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { sharedKeyToken } from '#tokens/shared-key-token.js';
import type { ScannerFacts } from '../finding.js';
import { layersOf } from '../http/image-layers.js';
import { complaintOf, type ScannerAnswer, ScannerHttp, shown } from '../http/scanner-http.js';
import { ScanError, type ScanOutcome, type ScanRequest, type Scanner } from '../scanner.js';
import { readClairReport } from './clair-report.js';

export interface ClairSettings {
  /** `http(s)://host[:port]` of the indexer; of everything, where Clair runs as one. */
  server: string;
  /** null: the same. */
  matcher: string | null;
  /** The pre-shared key; null: Clair wants none. */
  key: Buffer | null;
  /** Who Clair is told that we are: one of its configured issuers. */
  issuer: string;
  /** Seconds that one scan may take. */
  timeout: number;
  concurrency: number;
}

/** Clair v4 is loose about which of its types it tells; where it tells none, Go makes that of JSON `text/plain`. */
const JSON_TYPES = /^(application\/(vnd\.clair\.[\w.]+\+json|json)|text\/plain)\s*(;|$)/;
const REPORT_BYTES = 48 * 1024 * 1024;
const SMALL_BYTES = 1024 * 1024;
/** Seconds for an answer that takes no work. */
const QUICK = 15;
const TOKEN_SECONDS = 300;
/** Milliseconds between looks at an image that Clair still works on, at first and at most. */
const POLL_MS = { first: 500, most: 10_000 };

const indexReport = z.object({
  manifest_hash: z.string(),
  state: z.string(),
  success: z.boolean(),
  err: z.string().nullish(),
});
const indexState = z.object({ state: z.string() });
/** By updater, its newest run (claircore `libvuln/driver`, UpdateOperation). */
const updates = z.record(z.string(), z.array(z.object({ date: z.coerce.date() })).nullable()).nullable();

/** Has images indexed and matched by Clair v4. */
export class ClairScanner implements Scanner {
  readonly name = 'clair';
  readonly demo = false;
  readonly concurrency: number;
  readonly timeout: number;
  private readonly indexer: ScannerHttp;
  private readonly matcher: ScannerHttp;

  constructor(private readonly settings: ClairSettings) {
    this.concurrency = settings.concurrency;
    this.timeout = settings.timeout;
    const headers = (): Record<string, string> => this.authorization();
    this.indexer = new ScannerHttp('Clair', settings.server, headers);
    this.matcher =
      settings.matcher === null ? this.indexer : new ScannerHttp("Clair's matcher", settings.matcher, headers);
  }

  async describe(signal: AbortSignal): Promise<ScannerFacts> {
    const path = '/indexer/api/v1/index_state';
    const answer = await this.get(this.indexer, path, SMALL_BYTES, QUICK, signal);
    if (answer.status !== 200) throw new ScanError('away', `Clair ${complaintOf(answer)}`);
    const state = indexState.safeParse(this.indexer.json(answer, JSON_TYPES));
    if (!state.success) throw new ScanError('away', 'Clair does not tell its state');
    return { version: `indexer ${shown(state.data.state).slice(0, 64)}`, ...(await this.matcherState(signal)) };
  }

  async scan(request: ScanRequest): Promise<ScanOutcome> {
    const { target, signal } = request;
    // Before the scan: data that are renewed meanwhile make the verdict older than it is, never newer.
    const scanner = await this.describe(signal);
    const layers = await layersOf(request);
    if (layers.length === 0) return { kind: 'unsupported', reason: 'it has no layers' };
    await this.index(request, layers);
    const path = `/matcher/api/v1/vulnerability_report/${target.digest}`;
    const answer = await this.get(this.matcher, path, REPORT_BYTES, this.timeout, signal);
    if (answer.status === 202) throw new ScanError('away', 'Clair has no vulnerability data yet');
    if (answer.status !== 200) throw failureOf(answer, 'could not match it');
    const { digest, hasContent, findings } = readClairReport(this.matcher.json(answer, JSON_TYPES));
    if (digest !== target.digest) throw new ScanError('failed', "Clair's report is about another image");
    if (!hasContent) return { kind: 'unsupported', reason: 'Clair finds no packages in it that it knows' };
    return { kind: 'report', report: { scanner, findings } };
  }

  /**
   * The newest run of any updater, and the matcher's own name for what it has. Both are "internal" of Clair: where they
   * are kept from us, the age of its data is not known, which is no reason not to scan.
   */
  private async matcherState(signal: AbortSignal): Promise<Pick<ScannerFacts, 'dataVersion' | 'dataAt'>> {
    const path = '/matcher/api/v1/internal/update_operation';
    const answer = await this.get(this.matcher, path, SMALL_BYTES, QUICK, signal, { latest: 'true' });
    if (answer.status !== 200 || !JSON_TYPES.test(answer.type)) return { dataVersion: null, dataAt: null };
    const parsed = updates.safeParse(this.matcher.json(answer, JSON_TYPES));
    const runs = Object.values((parsed.success ? parsed.data : null) ?? {}).flatMap((list) => list ?? []);
    const newest = Math.max(...runs.map((run) => run.date.getTime()));
    if (!Number.isFinite(newest)) throw new ScanError('away', 'Clair has no vulnerability data yet');
    const tag = answer.headers['etag'];
    return { dataVersion: tag ? shown(tag).replaceAll('"', '').slice(0, 100) : null, dataAt: new Date(newest) };
  }

  /** Clair answers when it has looked at all layers; what is still under way then is waited for. */
  private async index({ target, pullToken, signal }: ScanRequest, layers: { digest: string; url: string }[]) {
    const headers = { Authorization: [`Bearer ${await pullToken()}`] };
    const value = {
      hash: target.digest,
      layers: layers.map(({ digest, url }) => ({ hash: digest, uri: url, headers })),
    };
    const posted = await this.indexer.ask({
      ...({
        method: 'POST',
        path: '/indexer/api/v1/index_report',
        accept: 'application/json',
        cap: REPORT_BYTES,
      } as const),
      body: {
        type: 'application/json',
        value,
      },
      timeout: this.timeout,
      signal,
    });
    if (posted.status !== 201) throw failureOf(posted, 'could not index it');
    const path = `/indexer/api/v1/index_report/${target.digest}`;
    for (let answer = posted, pause = POLL_MS.first; ; pause = Math.min(2 * pause, POLL_MS.most)) {
      if (this.isIndexed(answer, target.digest)) return;
      await sleep(pause, undefined, { signal });
      answer = await this.get(this.indexer, path, REPORT_BYTES, QUICK, signal);
      if (answer.status !== 200) throw failureOf(answer, 'lost it while it was indexed');
    }
  }

  private isIndexed(answer: ScannerAnswer, digest: string): boolean {
    const parsed = indexReport.safeParse(this.indexer.json(answer, JSON_TYPES));
    if (!parsed.success) throw new ScanError('failed', "Clair's answer is no index report");
    const { manifest_hash: hash, state, success, err } = parsed.data;
    if (hash !== digest) throw new ScanError('failed', "Clair's index report is about another image");
    if (state === 'IndexError') throw new ScanError('failed', `Clair could not index it: ${shown(err ?? '')}`);
    return state === 'IndexFinished' && success;
  }

  private get(
    http: ScannerHttp,
    path: string,
    cap: number,
    timeout: number,
    signal: AbortSignal,
    query?: Record<string, string>,
  ): Promise<ScannerAnswer> {
    return http.ask({
      method: 'GET',
      path,
      accept: 'application/json',
      cap,
      timeout,
      signal,
      ...(query ? { query } : {}),
    });
  }

  private authorization(): Record<string, string> {
    const { key, issuer } = this.settings;
    if (key === null) return {};
    return { authorization: `Bearer ${sharedKeyToken(key, { issuer, lifetime: TOKEN_SECONDS, now: Date.now() })}` };
  }
}

function failureOf(answer: ScannerAnswer, what: string): ScanError {
  if (answer.status === 401 || answer.status === 403)
    return new ScanError('away', `Clair does not let us in: it ${complaintOf(answer)}`);
  const refused = answer.status === 400 || answer.status === 415;
  return new ScanError(refused ? 'refused' : 'failed', `Clair ${what}: it ${complaintOf(answer)}`);
}
