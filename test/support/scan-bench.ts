import { createHash } from 'node:crypto';
import { recordNewFindings } from '#catalog/new-findings.js';
import type { RegistryClients } from '#catalog/registry-clients.js';
import { ScanDrain } from '#catalog/scan-drain.js';
import type { ScanEnd } from '#catalog/scan-runner.js';
import type { Severity } from '#domain/scan/severity.js';
import { ActivitiesRepository } from '#persistence/activities.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { ScanPlansRepository } from '#persistence/scan-plans.repository.js';
import { ScanQueueRepository } from '#persistence/scan-queue.repository.js';
import { ScanVerdictsRepository } from '#persistence/scan-verdicts.repository.js';
import { ScannersRepository } from '#persistence/scanners.repository.js';
import type { Finding, ScannerFacts } from '#scanning/finding.js';
import { normalised } from '#scanning/normalise.js';
import type { ScanOutcome, ScanRequest, Scanner } from '#scanning/scanner.js';
import { Scanners } from '#scanning/scanners.js';
import { TestDatabase } from './test-database.js';

const OCI = 'application/vnd.oci.image';

/** What a digest is, for the tables; nothing is read of a registry. */
export interface StoredManifest {
  digest: string;
  children?: { digest: string; os?: string }[];
  configMediaType?: string | null;
  artifactType?: string | null;
  subject?: string;
}

/** A digest of a word. */
export const digest = (word: string): string => `sha256:${createHash('sha256').update(word).digest('hex')}`;

/** A finding as a scanner would tell it: `CVE-2024-1 openssl 1.0`. */
export function finding(id: string, more: Partial<Finding> = {}): Finding {
  return normalised({ id, package: 'openssl', installed: '1.0', severity: 'high', ...more })!;
}

export const report = (...findings: Finding[]): ScanOutcome => ({
  kind: 'report',
  report: { scanner: { version: '1', dataVersion: '1', dataAt: null }, findings },
});

/** A scanner that does what the test says. */
export class PlayedScanner implements Scanner {
  readonly demo = false;
  concurrency = 1;
  timeout = 60;
  facts: ScannerFacts = { version: '1', dataVersion: '1', dataAt: null };
  /** Digests that it was asked for, in their order. */
  readonly asked: string[] = [];
  play: (digest: string, request: ScanRequest) => Promise<ScanOutcome> | ScanOutcome = () => report();

  constructor(readonly name = 'played') {}

  async describe(): Promise<ScannerFacts> {
    return this.facts;
  }

  async scan(request: ScanRequest): Promise<ScanOutcome> {
    this.asked.push(request.target.digest);
    return this.play(request.target.digest, request);
  }
}

export interface WorkerOptions {
  /** Whether it tells which scanners it has. */
  announced?: boolean;
  alertFrom?: Severity;
  ratePerMinute?: number;
  pullToken?: (repository: string) => Promise<string>;
  catalog?: { isReading: boolean };
}

/** What is shown of a target. */
export interface ShownTarget {
  state: string;
  reason: string | null;
  verdictAt: Date | null;
  worst: string | null;
  critical: number;
  high: number;
  low: number;
  fixable: number;
}

/** Scanning over a real database, with scanners that are played. */
export class ScanBench {
  readonly queue: ScanQueueRepository;
  readonly plans: ScanPlansRepository;
  readonly verdicts: ScanVerdictsRepository;
  readonly scanners: ScannersRepository;
  readonly ends: ScanEnd[] = [];
  private readonly drains: ScanDrain[] = [];
  repositoryId = 0;

  private constructor(readonly database: TestDatabase) {
    this.queue = new ScanQueueRepository(database.sql);
    this.plans = new ScanPlansRepository(database.sql);
    this.verdicts = new ScanVerdictsRepository(database.sql);
    this.scanners = new ScannersRepository(database.sql);
  }

  static async create(): Promise<ScanBench> {
    return new ScanBench(await TestDatabase.create({ relaxed: true, poolSize: 20 }));
  }

  /** Empties the tables and makes a registry with the repository `team/app`. */
  async reset(): Promise<void> {
    await this.stop();
    await this.database.truncate();
    this.ends.length = 0;
    const { sql } = this.database;
    await sql.query(
      `INSERT INTO registries (id, name, hostname, use_ssl) VALUES (1, 'registry', 'registry.test', false)`,
    );
    await sql.query(`INSERT INTO teams (id, name) VALUES (1, 'team')`);
    await sql.query(`INSERT INTO namespaces (id, registry_id, name, team_id, kind) VALUES (1, 1, 'team', 1, 'team')`);
    this.repositoryId = await this.repository('team/app');
  }

  async repository(fullName: string): Promise<number> {
    return this.database.value(
      `INSERT INTO repositories (registry_id, namespace_id, name, full_name) VALUES (1, 1, $1, $2) RETURNING id`,
      [fullName.split('/').at(-1), fullName],
    );
  }

  /** Stores a manifest as the catalog does when it has read one, and makes the digest wait to be planned. */
  async push(manifest: StoredManifest | string, options: { tag?: string; repositoryId?: number } = {}): Promise<void> {
    const { sql } = this.database;
    const one: StoredManifest = typeof manifest === 'string' ? { digest: digest(manifest) } : manifest;
    const { children, configMediaType = `${OCI}.config.v1+json`, artifactType = null, subject = null } = one;
    const repositoryId = options.repositoryId ?? this.repositoryId;
    const [row] = await sql.query<{ id: string }>(
      `INSERT INTO manifests (repository_id, digest, media_type, artifact_type, config_media_type, size, manifest_size, subject_digest)
       VALUES ($1, $2, $3, $4, $5, 1, 1, $6) ON CONFLICT (repository_id, digest) DO UPDATE SET gone_at = NULL RETURNING id`,
      [
        repositoryId,
        one.digest,
        children ? `${OCI}.index.v1+json` : `${OCI}.manifest.v1+json`,
        artifactType,
        children ? null : configMediaType,
        subject,
      ],
    );
    for (const [position, child] of (children ?? []).entries())
      await sql.query(
        `INSERT INTO manifest_children (parent_id, position, digest, media_type, os, architecture)
         VALUES ($1, $2, $3, $4, $5, 'amd64') ON CONFLICT DO NOTHING`,
        [row!.id, position, child.digest, `${OCI}.manifest.v1+json`, child.os ?? 'linux'],
      );
    if (options.tag !== undefined)
      await sql.query(
        `INSERT INTO tags (repository_id, name, manifest_id) VALUES ($1, $2, $3)
         ON CONFLICT (repository_id, name) DO UPDATE SET manifest_id = excluded.manifest_id`,
        [repositoryId, options.tag, row!.id],
      );
    await sql.query(
      `INSERT INTO scan_targets AS t (registry_id, digest) VALUES (1, $1)
       ON CONFLICT (registry_id, digest) DO UPDATE SET unplanned = true WHERE t.state = 'none' AND NOT t.unplanned`,
      [one.digest],
    );
  }

  /** A worker with these scanners, as the one that started last. */
  async worker(scanners: readonly Scanner[], options: WorkerOptions = {}): Promise<ScanDrain> {
    if (options.announced ?? true) await this.scanners.announce(scanners);
    await this.scanners.backfill();
    const log = { info: () => undefined, warn: () => undefined };
    const pullToken = options.pullToken ?? (async (repository: string) => `pull ${repository}`);
    const clients = { pullToken: (_: unknown, repository: string) => pullToken(repository) };
    const drain = new ScanDrain(
      {
        queue: this.queue,
        verdicts: this.verdicts,
        plans: this.plans,
        scanners: this.scanners,
        registries: new RegistriesRepository(this.database.sql),
        clients: clients as unknown as RegistryClients,
        log,
        ratePerMinute: options.ratePerMinute ?? 0,
        ...(options.catalog ? { catalog: options.catalog } : {}),
        onEnd: (_, end) => this.ends.push(end),
        onVerdict: recordNewFindings(new ActivitiesRepository(this.database.sql), options.alertFrom ?? 'high'),
      },
      new Scanners(scanners),
    );
    this.drains.push(drain);
    return drain;
  }

  async shown(word: string): Promise<ShownTarget> {
    const [row] = await this.database.sql.query<ShownTarget & Record<string, unknown>>(
      `SELECT state, reason, verdict_at AS "verdictAt", worst, critical, high, low, fixable FROM scan_targets WHERE digest = $1`,
      [word.startsWith('sha256:') ? word : digest(word)],
    );
    return row!;
  }

  /** How many scans are in each state. */
  async states(): Promise<Record<string, number>> {
    const rows = await this.database.sql.query<{ state: string; n: number }>(
      'SELECT state, count(*)::int AS n FROM scans GROUP BY state ORDER BY state',
    );
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  }

  /** Makes everything that waits for a later time due now. */
  async passTime(): Promise<void> {
    await this.database.sql.query(`UPDATE scans SET due_at = now() WHERE state = 'queued'`);
    await this.database.sql.query('UPDATE scanners SET paused_until = NULL');
  }

  async stop(): Promise<void> {
    await Promise.all(this.drains.splice(0).map((drain) => drain.stop()));
  }

  async drop(): Promise<void> {
    await this.stop();
    await this.database.drop();
  }
}
