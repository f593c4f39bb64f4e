import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isUnavailable } from '#persistence/connection-errors.js';
import type { RegistriesRepository } from '#persistence/registries.repository.js';
import type { ClaimedScan, ScanQueueRepository } from '#persistence/scan-queue.repository.js';
import type { NewVerdict, OnVerdict, ScanVerdictsRepository } from '#persistence/scan-verdicts.repository.js';
import type { ScannersRepository } from '#persistence/scanners.repository.js';
import { RegistryError } from '#registry/errors.js';
import type { Report, Sbom } from '#scanning/finding.js';
import { MAX_FINDINGS, withoutDoubles } from '#scanning/normalise.js';
import { ScanError, type ScanOutcome, type Scanner, type ScanTarget } from '#scanning/scanner.js';
import type { DrainLog } from './registry-drain.js';
import type { RegistryClients } from './registry-clients.js';
import { addressOf } from './registry-clients.js';

const LEASE_SECONDS = 45;
const RENEW_MS = 10_000;
/** Attempts before a scan has failed, and seconds after the first of them; four times as long after each further one. */
const MAX_ATTEMPTS = 5;
const RETRY_SECONDS = 30;
/** A scanner that is away is asked again after so many seconds. */
const PAUSE_SECONDS = 30;
/** The scan that found it away lets others go first: perhaps it was the image all the same. */
const BEHIND_SECONDS = 2 * PAUSE_SECONDS;

/** How a scan ended: with a verdict, without one, to be tried again; lost: it was not ours any more. */
export const SCAN_ENDS = ['done', 'unsupported', 'failed', 'retried', 'away', 'released', 'lost'] as const;
export type ScanEnd = (typeof SCAN_ENDS)[number];

export interface ScanRunnerParts {
  queue: ScanQueueRepository;
  verdicts: ScanVerdictsRepository;
  scanners: ScannersRepository;
  registries: RegistriesRepository;
  clients: RegistryClients;
  log: DrainLog;
  onVerdict?: OnVerdict;
}

/** Has one scan done under its lease, whatever the scanner does, and notes how it ended. */
export class ScanRunner {
  readonly maxAttempts = MAX_ATTEMPTS;
  readonly leaseSeconds = LEASE_SECONDS;

  constructor(
    private readonly parts: ScanRunnerParts,
    private readonly holder: string,
  ) {}

  /** @param stopping aborted when the worker stops: the scan is put back then. Throws when the database is away. */
  async run(scan: ClaimedScan, scanner: Scanner, stopping: AbortSignal): Promise<ScanEnd> {
    const lost = new AbortController();
    const timeout = AbortSignal.timeout(scanner.timeout * 1000);
    const renewal = setInterval(() => this.renew(scan, lost), RENEW_MS);
    try {
      const outcome = await this.scan(scan, scanner, AbortSignal.any([stopping, lost.signal, timeout]));
      return await this.settle(scan, outcome);
    } catch (error) {
      if (lost.signal.aborted) return 'lost';
      if (stopping.aborted) return await this.release(scan);
      if (isUnavailable(error)) throw error;
      const late = timeout.aborted ? new ScanError('failed', `it took longer than ${scanner.timeout} seconds`) : error;
      return await this.fail(scan, late);
    } finally {
      clearInterval(renewal);
    }
  }

  private renew(scan: ClaimedScan, lost: AbortController): void {
    this.parts.queue.renew(scan, this.holder, LEASE_SECONDS).then(
      (ours) => ours || lost.abort(new Error('the scan is not ours any more')),
      () => undefined,
    );
  }

  private async scan(scan: ClaimedScan, scanner: Scanner, signal: AbortSignal): Promise<ScanOutcome> {
    const { repository } = scan;
    const registry = await this.parts.registries.find(scan.registryId);
    if (registry === null || repository === null) throw new ScanError('refused', 'it is not in the registry any more');
    const target: ScanTarget = {
      registryUrl: addressOf(registry),
      repository,
      digest: scan.digest,
      mediaType: scan.mediaType ?? '',
      platform: { os: scan.os, architecture: scan.architecture, variant: scan.variant },
      size: scan.size ?? 0,
    };
    const seconds = Math.min(scanner.timeout + 60, 3_600);
    const pullToken = (): Promise<string> => this.parts.clients.pullToken(registry, repository, seconds);
    const outcome = await orAborted(scanner.scan({ target, pullToken, signal }), signal);
    signal.throwIfAborted();
    return outcome;
  }

  private async settle(scan: ClaimedScan, outcome: ScanOutcome): Promise<ScanEnd> {
    if (outcome.kind === 'unsupported') {
      await this.parts.queue.end(scan, this.holder, { state: 'unsupported', reason: outcome.reason });
      return 'unsupported';
    }
    const verdict = await verdictOf(outcome.report);
    const stored = await this.parts.verdicts.settle(scan, this.holder, verdict, this.parts.onVerdict);
    return stored ? 'done' : 'lost';
  }

  private async release(scan: ClaimedScan): Promise<ScanEnd> {
    await this.parts.queue.release(scan, this.holder, 0);
    return 'released';
  }

  private async fail(scan: ClaimedScan, error: unknown): Promise<ScanEnd> {
    const { scanner, digest, attempts } = scan;
    if (error instanceof RegistryError && error.temporary) {
      // Its registry is away: no fault of the image, and other registries' images go on.
      this.parts.log.warn({ scanner, digest, error: error.message }, 'a scan waits for its registry');
      await this.parts.queue.release(scan, this.holder, BEHIND_SECONDS);
      return 'released';
    }
    const expected = error instanceof ScanError;
    const reason = expected ? error.message : 'Portus failed while it was scanned; its log tells more';
    this.parts.log.warn({ scanner, digest, ...(expected ? { error: reason } : { err: error }) }, 'a scan failed');
    if (expected && error.kind === 'away') {
      await this.parts.scanners.pause(scanner, reason, PAUSE_SECONDS);
      await this.parts.queue.release(scan, this.holder, BEHIND_SECONDS);
      return 'away';
    }
    if ((expected && error.kind === 'refused') || attempts + 1 >= MAX_ATTEMPTS) {
      await this.parts.queue.end(scan, this.holder, { state: 'failed', reason });
      return 'failed';
    }
    await this.parts.queue.retry(scan, this.holder, reason, RETRY_SECONDS * 4 ** attempts);
    return 'retried';
  }
}

/** A scanner that does not listen to its signal is not waited for. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let end = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason as Error);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', end);
    promise.catch(() => undefined);
    aborted.catch(() => undefined);
  }
}

/** Throws {@link ScanError} for a report that nobody could read. */
async function verdictOf(report: Report): Promise<NewVerdict> {
  const findings = withoutDoubles(report.findings);
  if (findings.length > MAX_FINDINGS)
    throw new ScanError('refused', `the report holds more than ${MAX_FINDINGS} findings`);
  const { version, dataVersion, dataAt } = report.scanner;
  const sbom = report.sbom ? await packed(report.sbom) : null;
  return { scannerVersion: version, dataVersion, dataAt, findings, sbom };
}

async function packed({ mediaType, body }: Sbom): Promise<NonNullable<NewVerdict['sbom']>> {
  return { mediaType, size: body.length, packed: await promisify(gzip)(body) };
}
