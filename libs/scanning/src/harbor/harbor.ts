import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ScannerFacts } from '../finding.js';
import { complaintOf, type ScannerAnswer, ScannerHttp } from '../http/scanner-http.js';
import { ScanError, type ScanOutcome, type ScanRequest, type Scanner } from '../scanner.js';
import { type Adapter, CYCLONEDX, readAdapter, same, SBOM_REPORT } from './harbor-metadata.js';
import { readHarborReport, readHarborSbom } from './harbor-report.js';

export interface HarborSettings {
  /** Names its verdicts. */
  name: string;
  /** Of the adapter, without `/api/v1`. */
  url: string;
  /** The header that lets us in; null: none is wanted. */
  auth: { header: string; value: string } | null;
  /** Whether SBOMs are asked for, where the adapter makes them. */
  sbom: boolean;
  /** Seconds that one scan may take. */
  timeout: number;
  concurrency: number;
}

const METADATA =
  'application/vnd.scanner.adapter.metadata+json; version=1.1, application/vnd.scanner.adapter.metadata+json; version=1.0';
const SCAN_REQUEST = 'application/vnd.scanner.adapter.scan.request+json; version=';
const SCAN_RESPONSE = 'application/vnd.scanner.adapter.scan.response+json; version=1.0';
const JSON_TYPES = /^application\/(json|vnd\.(scanner\.adapter|security)\.[\w.+-]+)\s*(;|$)/;
const REPORT_BYTES = 48 * 1024 * 1024;
const SMALL_BYTES = 1024 * 1024;
/** Seconds for an answer that takes no work, and for a report. */
const QUICK = 15;
const FOR_REPORT = 120;
/** Seconds between looks at a report that is being made, where the adapter does not tell, and at most. */
const REFRESH = { untold: 3, most: 60 };
/** What it told of itself is believed for so long, milliseconds. */
const FACTS_MS = 15_000;

const accepted = z.object({ id: z.string().regex(/^[\w.:~-]{1,200}$/) });

/** Has images scanned by an adapter made for Harbor (scanner adapter API 1.0 to 1.2, goharbor/pluggable-scanner-spec). */
export class HarborScanner implements Scanner {
  readonly name: string;
  readonly demo = false;
  readonly concurrency: number;
  readonly timeout: number;
  private readonly http: ScannerHttp;
  private known: { adapter: Promise<Adapter>; until: number } | null = null;

  constructor(private readonly settings: HarborSettings) {
    this.name = settings.name;
    this.concurrency = settings.concurrency;
    this.timeout = settings.timeout;
    const { auth } = settings;
    this.http = new ScannerHttp('the adapter', settings.url, () =>
      auth === null ? {} : { [auth.header]: auth.value },
    );
  }

  async describe(signal: AbortSignal): Promise<ScannerFacts> {
    const adapter = this.askMetadata(signal);
    this.known = { adapter, until: Date.now() + FACTS_MS };
    adapter.catch(() => (this.known = null));
    return (await adapter).facts;
  }

  async scan(request: ScanRequest): Promise<ScanOutcome> {
    const { target, signal } = request;
    if (!this.known || Date.now() >= this.known.until) await this.describe(signal);
    const adapter = await this.known!.adapter;
    if (!adapter.consumes.has(target.mediaType))
      return { kind: 'unsupported', reason: `${this.name} does not look at ${target.mediaType || 'what has no type'}` };
    const id = await this.begin(request, adapter);
    if (id === null) return { kind: 'unsupported', reason: `${this.name} can not look at it` };
    const answer = await this.report(id, adapter.reportType, signal);
    const findings = readHarborReport(this.http.json(answer, JSON_TYPES), target);
    const made = await this.sbom(id, adapter, request);
    if (findings.length === 0 && made?.isEmpty)
      return { kind: 'unsupported', reason: `${this.name} finds no packages in it that it knows` };
    return { kind: 'report', report: { scanner: adapter.facts, findings, sbom: made?.sbom ?? null } };
  }

  private async askMetadata(signal: AbortSignal): Promise<Adapter> {
    const path = '/api/v1/metadata';
    const answer = await this.http.ask({
      method: 'GET',
      path,
      accept: METADATA,
      cap: SMALL_BYTES,
      timeout: QUICK,
      signal,
    });
    if (answer.status !== 200) throw new ScanError('away', `it ${complaintOf(answer)}`);
    return readAdapter(this.http.json(answer, JSON_TYPES));
  }

  /** The id of the scan; null: the adapter says that it has no way to do it (501). */
  private async begin({ target, pullToken, signal }: ScanRequest, adapter: Adapter): Promise<string | null> {
    const wanted = ['vulnerability', ...(this.wantsSbom(adapter) ? ['sbom'] : [])].map((type) =>
      type === 'sbom'
        ? { type, produces_mime_types: [SBOM_REPORT], parameters: { sbom_media_types: [CYCLONEDX] } }
        : { type, produces_mime_types: [adapter.reportType] },
    );
    const value = {
      registry: { url: target.registryUrl, authorization: `Bearer ${await pullToken()}` },
      artifact: { repository: target.repository, digest: target.digest, mime_type: target.mediaType },
      ...(adapter.isTyped ? { enabled_capabilities: wanted } : {}),
    };
    const body = { type: `${SCAN_REQUEST}${adapter.isTyped ? '1.1' : '1.0'}`, value };
    const asked = { method: 'POST', path: '/api/v1/scan', accept: SCAN_RESPONSE, cap: SMALL_BYTES } as const;
    const answer = await this.http.ask({ ...asked, body, timeout: QUICK, signal });
    if (answer.status === 501) return null;
    if (answer.status !== 202) throw failureOf(answer, 'did not take the scan');
    const parsed = accepted.safeParse(this.http.json(answer, JSON_TYPES));
    if (!parsed.success) throw new ScanError('failed', 'the adapter does not tell which scan it began');
    return parsed.data.id;
  }

  /** Asks until the report is there. A 302 is no redirect here: it says "not yet", and in how many seconds to ask again. */
  private async report(id: string, type: string, signal: AbortSignal, query?: Record<string, string>) {
    const path = `/api/v1/scan/${encodeURIComponent(id)}/report`;
    for (;;) {
      const asked = { method: 'GET', path, accept: type, cap: REPORT_BYTES, timeout: FOR_REPORT, signal } as const;
      const answer = await this.http.ask({ ...asked, ...(query ? { query } : {}) });
      if (answer.status === 200) {
        if (same(answer.type, type) || /^application\/json\s*(;|$)/.test(answer.type)) return answer;
        throw new ScanError('failed', 'the adapter answers with another kind of report than was asked for');
      }
      if (answer.status !== 302) throw failureOf(answer, 'made no report');
      await sleep(1000 * refreshAfter(answer), undefined, { signal });
    }
  }

  /** A scan whose SBOM fails is a scan all the same. */
  private async sbom(id: string, adapter: Adapter, { target, signal }: ScanRequest) {
    if (!this.wantsSbom(adapter)) return null;
    try {
      const answer = await this.report(id, SBOM_REPORT, signal, { sbom_media_type: CYCLONEDX });
      return readHarborSbom(this.http.json(answer, JSON_TYPES), target);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ScanError) return null;
      throw error;
    }
  }

  private wantsSbom(adapter: Adapter): boolean {
    return this.settings.sbom && adapter.makesSbom;
  }
}

function refreshAfter(answer: ScannerAnswer): number {
  const told = answer.headers['refresh-after'] ?? '';
  const seconds = /^\d{1,6}$/.test(told) ? Number(told) : REFRESH.untold;
  return Math.min(Math.max(seconds, 0.2), REFRESH.most);
}

function failureOf(answer: ScannerAnswer, what: string): ScanError {
  if (answer.status === 401 || answer.status === 403)
    return new ScanError('away', `the adapter does not let us in: it ${complaintOf(answer)}`);
  const refused = answer.status === 400 || answer.status === 422;
  return new ScanError(refused ? 'refused' : 'failed', `the adapter ${what}: it ${complaintOf(answer)}`);
}
