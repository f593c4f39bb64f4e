import { createHash } from 'node:crypto';
import { NO_FINDINGS, SEVERITIES, type Severity, type SeverityCounts } from '#domain/scan/severity.js';
import { announceScans } from './announce-scans.js';
import type { Database, Sql } from './database.js';
import type { ClaimedScan } from './scan-queue.repository.js';
import { type NewSbom, storeSbom } from './scan-sboms.repository.js';
import { summariseScans } from './scan-summaries.js';

/** A finding as it is stored. */
export interface StoredFinding {
  id: string;
  aliases: string[];
  package: string;
  purl: string | null;
  installed: string;
  fixed: string | null;
  severity: Severity;
  severitySource: string | null;
  cvss: { score: number; vector: string | null } | null;
  title: string | null;
  links: string[];
  layerDigest: string | null;
}

/** A completed scan, to be stored. */
export interface NewVerdict {
  scannerVersion: string | null;
  dataVersion: string | null;
  dataAt: Date | null;
  findings: readonly StoredFinding[];
  /** Absent: the scanner made none, and the former one stays. */
  sbom?: NewSbom | null;
}

/** What a verdict tells that the former one of the same scanner did not. */
export interface FreshFinding {
  vulnerability: string;
  package: string;
  severity: Severity;
}

export interface SettledVerdict {
  /** Targets whose summary changed: the digest's own, and the indexes that list it. */
  targetIds: string[];
  /** Whether it is the first verdict of this scanner, so that everything in it is fresh. */
  isFirst: boolean;
  fresh: FreshFinding[];
}

/** Told in the transaction in which a verdict is stored. */
export type OnVerdict = (sql: Sql, scan: ClaimedScan, settled: SettledVerdict) => Promise<void>;

const MAX_LAYERS = 1_000;

/** Attempts to store issues that somebody forgets at the same moment. */
const STORE_ATTEMPTS = 3;

/** What is forgotten as soon as nothing holds it any more. */
const HELD_BY = {
  scan_issues: 'SELECT FROM scan_findings f WHERE f.issue_id = l.id',
  vulnerabilities: 'SELECT FROM scan_issues i WHERE i.vulnerability_id = l.id',
} as const;
const PURGED = Object.keys(HELD_BY) as (keyof typeof HELD_BY)[];

export class ScanVerdictsRepository {
  private readonly looked = { scan_issues: 0, vulnerabilities: 0 };

  constructor(private readonly database: Database) {}

  /**
   * Stores a verdict in place of the former one, all of it or nothing, and tells webhooks. false: the scan is not ours any
   * more, and nothing was stored.
   */
  async settle(scan: ClaimedScan, holder: string, verdict: NewVerdict, onVerdict?: OnVerdict): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const ours = await sql.query(
        `UPDATE scans SET state = 'done', reason = NULL, holder = NULL, lease_until = NULL, attempts = 0, ended_at = now()
          WHERE id = $1::bigint AND holder = $2 AND generation = $3 AND state = 'running' RETURNING 1`,
        [scan.id, holder, scan.generation],
      );
      if (ours.length === 0) return false;
      const issues = await storeIssues(sql, scan.scanner, verdict.findings);
      const { id, isFirst } = await storeVerdict(sql, scan, verdict);
      const fresh = await replaceFindings(sql, id, verdict.findings, issues);
      if (verdict.sbom) await storeSbom(sql, scan.targetId, scan.scanner, verdict.sbom);
      const targetIds = await summariseScans(sql, [scan.targetId]);
      await onVerdict?.(sql, scan, { targetIds, isFirst, fresh });
      await announceScans(sql, targetIds);
      return true;
    });
  }

  /**
   * Forgets issues and vulnerabilities that nothing holds any more. Looks at some at a time, and goes on from there the next
   * time.
   */
  async purge(limit: number): Promise<void> {
    for (const table of PURGED) {
      const [row] = await this.database.query<{ last: number | null }>(
        `WITH looked AS (SELECT id FROM ${table} WHERE id > $1 ORDER BY id LIMIT $2),
         gone AS (
           DELETE FROM ${table} WHERE id IN (
             SELECT x.id FROM ${table} x JOIN looked l ON l.id = x.id WHERE NOT EXISTS (${HELD_BY[table]}) FOR UPDATE OF x SKIP LOCKED))
         SELECT max(id) AS last FROM looked`,
        [this.looked[table], limit],
      );
      this.looked[table] = row?.last ?? 0;
    }
  }
}

function countsOf(findings: readonly StoredFinding[]): SeverityCounts {
  const counts = { ...NO_FINDINGS };
  for (const finding of findings) {
    counts[finding.severity] += 1;
    if (finding.fixed !== null) counts.fixable += 1;
  }
  return counts;
}

async function storeVerdict(
  sql: Sql,
  scan: ClaimedScan,
  verdict: NewVerdict,
): Promise<{ id: string; isFirst: boolean }> {
  const counts = countsOf(verdict.findings);
  const names = [...SEVERITIES, 'fixable'] as const;
  const [row] = await sql.query<{ id: string; isFirst: boolean }>(
    `INSERT INTO scan_verdicts AS v (target_id, scanner, scanner_version, data_version, data_at, completed_at, layers, ${names.join(', ')})
     VALUES ($1, $2, $3, $4, $5, now(), $6, ${names.map((_, i) => `$${i + 7}`).join(', ')})
     ON CONFLICT (target_id, scanner) DO UPDATE
        SET scanner_version = excluded.scanner_version, data_version = excluded.data_version, data_at = excluded.data_at,
            completed_at = excluded.completed_at, layers = excluded.layers,
            ${names.map((name) => `${name} = excluded.${name}`).join(', ')}
     RETURNING id::text, xmax = 0 AS "isFirst"`,
    [
      scan.targetId,
      scan.scanner,
      verdict.scannerVersion,
      verdict.dataVersion,
      verdict.dataAt,
      layersOf(verdict.findings),
      ...names.map((name) => counts[name]),
    ],
  );
  return row!;
}

function layersOf(findings: readonly StoredFinding[]): string[] {
  const digests = findings.map((finding) => finding.layerDigest).filter((digest) => digest !== null);
  return [...new Set(digests)].toSorted().slice(0, MAX_LAYERS);
}

/** What an issue is, as one number: the same words of the same scanner are one row. */
function keyOf(scanner: string, finding: StoredFinding): string {
  const { id, package: name, purl, installed, fixed, severity, severitySource, cvss } = finding;
  const facts = [scanner, id, name, purl, installed, fixed, severity, severitySource, cvss?.score, cvss?.vector];
  return createHash('md5').update(JSON.stringify(facts)).digest('hex');
}

/**
 * Ids of the issues, by key. In one order for all, so that scans of like images do not wait for each other in a circle. What
 * nothing holds yet may be forgotten by another process before we hold it: then it is stored once more, because a verdict
 * that lacks a finding would make an image look better than it is.
 */
async function storeIssues(
  sql: Sql,
  scanner: string,
  findings: readonly StoredFinding[],
): Promise<Map<string, { issueId: number; finding: StoredFinding }>> {
  const byKey = new Map(findings.map((finding) => [keyOf(scanner, finding), finding]));
  const rows = [...byKey].map(([key, finding]) => ({ ...finding, ...finding.cvss, key }));
  for (let attempt = 0; attempt < STORE_ATTEMPTS; attempt += 1) {
    await sql.query(STORE_VULNERABILITIES, [JSON.stringify(rows)]);
    await sql.query(STORE_ISSUES, [scanner, JSON.stringify(rows)]);
    const stored = await sql.query<{ id: number; key: string }>(HOLD_ISSUES, [[...byKey.keys()]]);
    if (stored.length < byKey.size) continue;
    const entries = stored.map(({ id, key }) => [key.replaceAll('-', ''), id] as const);
    return new Map(entries.map(([key, issueId]) => [key, { issueId, finding: byKey.get(key)! }]));
  }
  throw new Error('issues vanish while they are stored');
}

const HOLD_ISSUES = 'SELECT id, key FROM scan_issues WHERE key = ANY($1::uuid[]) ORDER BY key FOR KEY SHARE';

/** What is known of it already stays; a scanner that knows more adds it. Where there is nothing to add nothing is locked. */
const STORE_VULNERABILITIES = `
  INSERT INTO vulnerabilities AS v (name, aliases, title, links)
  SELECT DISTINCT ON (f.id) f.id, ARRAY(SELECT jsonb_array_elements_text(f.aliases)), f.title, ARRAY(SELECT jsonb_array_elements_text(f.links))
    FROM jsonb_to_recordset($1::jsonb) AS f(id text, aliases jsonb, title text, links jsonb)
   WHERE NOT EXISTS (SELECT FROM vulnerabilities k
                      WHERE k.name = f.id AND (k.title IS NOT NULL OR f.title IS NULL) AND (k.links <> '{}' OR f.links = '[]')
                        AND (k.aliases <> '{}' OR f.aliases = '[]'))
   ORDER BY f.id
  ON CONFLICT (name) DO UPDATE
     SET title = coalesce(v.title, excluded.title), links = CASE WHEN v.links = '{}' THEN excluded.links ELSE v.links END,
         aliases = CASE WHEN v.aliases = '{}' THEN excluded.aliases ELSE v.aliases END
   WHERE (v.title IS NULL AND excluded.title IS NOT NULL) OR (v.links = '{}' AND excluded.links <> '{}')
      OR (v.aliases = '{}' AND excluded.aliases <> '{}')`;

const STORE_ISSUES = `
  INSERT INTO scan_issues (key, scanner, vulnerability_id, package, purl, installed, fixed, severity, severity_source, cvss_score, cvss_vector)
  SELECT f.key, $1, v.id, f.package, f.purl, f.installed, f.fixed, f.severity, f."severitySource", f.score, f.vector
    FROM jsonb_to_recordset($2::jsonb) AS f(key uuid, id text, package text, purl text, installed text, fixed text, severity text,
                                            "severitySource" text, score real, vector text)
    JOIN vulnerabilities v ON v.name = f.id
   WHERE NOT EXISTS (SELECT FROM scan_issues i WHERE i.key = f.key)
   ORDER BY f.key
  ON CONFLICT (key) DO NOTHING`;

/** Writes only what differs from the former verdict, and returns what it has not known. */
async function replaceFindings(
  sql: Sql,
  verdictId: string,
  findings: readonly StoredFinding[],
  issues: Map<string, { issueId: number; finding: StoredFinding }>,
): Promise<FreshFinding[]> {
  const layers = layersOf(findings);
  const wanted = [...issues.values()];
  const known = await sql.query<{ vulnerability: string; foundAt: Date }>(
    `SELECT v.name AS vulnerability, min(f.found_at) AS "foundAt" FROM scan_findings f JOIN scan_issues i ON i.id = f.issue_id
       JOIN vulnerabilities v ON v.id = i.vulnerability_id WHERE f.verdict_id = $1 GROUP BY v.name`,
    [verdictId],
  );
  const before = new Map(known.map((row) => [row.vulnerability, row.foundAt]));
  await sql.query('DELETE FROM scan_findings WHERE verdict_id = $1 AND issue_id <> ALL($2::int[])', [
    verdictId,
    wanted.map((one) => one.issueId),
  ]);
  await sql.query(
    `INSERT INTO scan_findings AS f (verdict_id, issue_id, layer, found_at)
     SELECT $1, w.issue_id, w.layer, coalesce(w.found_at, now())
       FROM unnest($2::int[], $3::smallint[], $4::timestamptz[]) AS w(issue_id, layer, found_at)
     ON CONFLICT (verdict_id, issue_id) DO UPDATE SET layer = excluded.layer WHERE f.layer IS DISTINCT FROM excluded.layer`,
    [
      verdictId,
      wanted.map((one) => one.issueId),
      wanted.map((one) => layers.indexOf(one.finding.layerDigest ?? '') + 1 || null),
      wanted.map((one) => before.get(one.finding.id) ?? null),
    ],
  );
  return wanted
    .filter(({ finding }) => !before.has(finding.id))
    .map(({ finding: { id, package: name, severity } }) => ({ vulnerability: id, package: name, severity }));
}
