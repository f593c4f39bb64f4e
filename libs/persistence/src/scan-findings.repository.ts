import { SEVERITIES, type Severity } from '#domain/scan/severity.js';
import type { Database } from './database.js';
import type { Listed } from './listing.js';
import { seenBy, type Viewer, VISIBLE_NAMESPACE } from './namespaces.repository.js';

/** A vulnerability in a version of a package, as all scanners and platforms of an image together tell it. */
export interface FindingRow {
  vulnerabilityId: number;
  vulnerability: string;
  aliases: string[];
  title: string | null;
  links: string[];
  package: string;
  purl: string | null;
  installed: string;
  fixed: string | null;
  severity: Severity;
  severitySource: string | null;
  cvssScore: number | null;
  cvssVector: string | null;
  scanners: string[];
  layers: string[];
  /** Why somebody lives with it; null: nobody decided so. */
  accepted: { reason: string; username: string; expires_at: string | null } | null;
  foundAt: Date;
}

export interface FindingFilter {
  severity?: Severity | undefined;
  fixable?: boolean | undefined;
  package?: string | undefined;
  vulnerability?: string | undefined;
  scanner?: string | undefined;
}

/** What one scanner has said of one image, or of one platform of an index. */
export interface VerdictRow {
  scanner: string;
  demo: boolean;
  digest: string;
  scannerVersion: string | null;
  dataVersion: string | null;
  dataAt: Date | null;
  completedAt: Date;
  counts: Record<Severity | 'fixable', number>;
}

/** Where a vulnerability was found. */
export interface AffectedRow {
  tagId: number;
  tag: string;
  repositoryId: number;
  repository: string;
  digest: string;
  severity: Severity;
  fixed: string | null;
  package: string;
  installed: string;
}

interface Image {
  registryId: number;
  digest: string;
  namespaceId: number;
}

const RANKS = `array[${SEVERITIES.map((severity) => `'${severity}'`).join(', ')}]`;

/** The digest `$2` of the registry `$1`, and those of the platforms that it lists. */
const VERDICTS = `
  WITH RECURSIVE tree AS (
    SELECT $2::text AS digest, 0 AS depth
    UNION
    SELECT c.digest, t.depth + 1 FROM tree t JOIN manifests m ON m.digest = t.digest
      JOIN repositories r ON r.id = m.repository_id AND r.registry_id = $1
      JOIN manifest_children c ON c.parent_id = m.id AND c.os IS DISTINCT FROM 'unknown'
     WHERE t.depth < 4),
  verdicts AS (
    SELECT v.*, x.digest FROM scan_targets x JOIN scan_verdicts v ON v.target_id = x.id
     WHERE x.registry_id = $1 AND x.digest IN (SELECT digest FROM tree)
       AND (EXISTS (SELECT FROM scans s WHERE s.target_id = x.id AND s.scanner = v.scanner)
         OR NOT EXISTS (SELECT FROM scan_verdicts o JOIN scans s ON s.target_id = o.target_id AND s.scanner = o.scanner
                         WHERE o.target_id = x.id)))`;

/** A risk that is accepted where the image is, `$3`, or everywhere. */
const ACCEPTED = `
  SELECT json_build_object('reason', a.reason, 'username', a.username, 'expires_at', a.expires_at)
    FROM accepted_risks a
   WHERE a.vulnerability = n.name AND (a.package IS NULL OR a.package = i.package)
     AND (a.namespace_id IS NULL OR a.namespace_id = $3) AND (a.expires_at IS NULL OR a.expires_at > now())
   ORDER BY a.namespace_id NULLS LAST, a.id LIMIT 1`;

const FINDINGS = `${VERDICTS},
  found AS (
    SELECT n.id AS "vulnerabilityId", n.name AS vulnerability, i.package, i.installed,
           min(array_position(${RANKS}, i.severity)) AS rank, array_agg(DISTINCT i.scanner) AS scanners,
           (array_agg(i.id ORDER BY array_position(${RANKS}, i.severity), i.fixed NULLS LAST, i.id))[1] AS issue,
           max(i.fixed) AS fixed, coalesce(array_agg(DISTINCT v.layers[f.layer]) FILTER (WHERE f.layer IS NOT NULL), '{}') AS layers,
           min(f.found_at) AS "foundAt"
      FROM verdicts v JOIN scan_findings f ON f.verdict_id = v.id JOIN scan_issues i ON i.id = f.issue_id
      JOIN vulnerabilities n ON n.id = i.vulnerability_id
     WHERE ($4::text IS NULL OR i.package = $4) AND ($5::text IS NULL OR n.name = $5) AND ($6::text IS NULL OR i.scanner = $6)
     GROUP BY n.id, n.name, i.package, i.installed)`;

export class ScanFindingsRepository {
  constructor(private readonly database: Database) {}

  /** Findings of an image, the worst first. */
  async page(image: Image, filter: FindingFilter, skip: number, take: number): Promise<Listed<FindingRow>> {
    const values = [...valuesOf(image, filter), filter.severity ?? null, filter.fixable ?? null];
    const where = `($7::text IS NULL OR f.rank = array_position(${RANKS}, $7)) AND ($8::bool IS NULL OR (f.fixed IS NOT NULL) = $8)`;
    const [{ total } = { total: 0 }] = await this.database.query<{ total: number }>(
      `${FINDINGS} SELECT count(*)::int AS total FROM found f WHERE ${where} AND $3::int IS NOT NULL`,
      values,
    );
    const items = await this.database.query<FindingRow & Record<string, unknown>>(
      `${FINDINGS}
       SELECT f."vulnerabilityId", f.vulnerability, n.aliases, n.title, n.links, f.package, i.purl, f.installed, f.fixed,
              (${RANKS})[f.rank] AS severity, i.severity_source AS "severitySource", i.cvss_score AS "cvssScore",
              i.cvss_vector AS "cvssVector", f.scanners, f.layers, f."foundAt", (${ACCEPTED}) AS accepted
         FROM found f JOIN scan_issues i ON i.id = f.issue JOIN vulnerabilities n ON n.id = f."vulnerabilityId"
        WHERE ${where} ORDER BY f.rank, f.vulnerability, f.package, f.installed LIMIT $9 OFFSET $10`,
      [...values, take, skip],
    );
    return { items, total };
  }

  /**
   * How many findings of each severity count for a gate: without accepted risks, and perhaps only what can be fixed; and how
   * many of them can be.
   */
  async gateCounts(
    image: Image,
    fixableOnly: boolean,
  ): Promise<{ counts: Record<Severity, number>; fixable: number; accepted: number }> {
    const rows = await this.database.query<{ severity: Severity; n: number; fixable: number; accepted: number }>(
      `${FINDINGS}
       SELECT (${RANKS})[f.rank] AS severity, count(*) FILTER (WHERE q.accepted IS NULL)::int AS n,
              count(*) FILTER (WHERE q.accepted IS NULL AND f.fixed IS NOT NULL)::int AS fixable, count(q.accepted)::int AS accepted
         FROM found f JOIN scan_issues i ON i.id = f.issue JOIN vulnerabilities n ON n.id = f."vulnerabilityId"
         CROSS JOIN LATERAL (SELECT (${ACCEPTED}) AS accepted) q
        WHERE NOT $7 OR f.fixed IS NOT NULL GROUP BY f.rank`,
      [...valuesOf(image, {}), fixableOnly],
    );
    const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
    for (const { severity, n } of rows) counts[severity] = n;
    const sum = (of: 'fixable' | 'accepted'): number => rows.reduce((total, row) => total + row[of], 0);
    return { counts, fixable: sum('fixable'), accepted: sum('accepted') };
  }

  /** What the scanners have said, by scanner. */
  async verdicts(image: Image): Promise<VerdictRow[]> {
    const counts = [...SEVERITIES, 'fixable'].map((name) => `'${name}', v.${name}`).join(', ');
    return this.database.query<VerdictRow & Record<string, unknown>>(
      `${VERDICTS}
       SELECT v.scanner, coalesce(s.demo, false) AS demo, v.digest, v.scanner_version AS "scannerVersion",
              v.data_version AS "dataVersion", v.data_at AS "dataAt", v.completed_at AS "completedAt",
              json_build_object(${counts}) AS counts
         FROM verdicts v LEFT JOIN scanners s ON s.name = v.scanner ORDER BY v.scanner, v.digest LIMIT 500`,
      [image.registryId, image.digest],
    );
  }

  /** Tags in which a vulnerability was found, of those that the viewer may pull, by name. */
  async affected(viewer: Viewer, name: string, skip: number, take: number): Promise<Listed<AffectedRow>> {
    const values = [...seenBy(viewer), name];
    const [{ total } = { total: 0 }] = await this.database.query<{ total: number }>(
      `${AFFECTED} SELECT count(*)::int AS total FROM rows`,
      values,
    );
    const items = await this.database.query<AffectedRow & Record<string, unknown>>(
      `${AFFECTED} SELECT * FROM rows ORDER BY repository, tag, package, installed LIMIT $5 OFFSET $6`,
      [...values, take, skip],
    );
    return { items, total };
  }

  /** Targets of an image and of the platforms that it lists. */
  async targetsOf(image: Pick<Image, 'registryId' | 'digest'>): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `${VERDICTS} SELECT id::text FROM scan_targets WHERE registry_id = $1 AND digest IN (SELECT digest FROM tree)`,
      [image.registryId, image.digest],
    );
    return rows.map((row) => row.id);
  }
}

function valuesOf(image: Image, filter: FindingFilter): unknown[] {
  const { package: name, vulnerability, scanner } = filter;
  return [image.registryId, image.digest, image.namespaceId, name ?? null, vulnerability ?? null, scanner ?? null];
}

const AFFECTED = `
  WITH hits AS (
    SELECT x.registry_id, x.digest, i.package, i.installed, min(array_position(${RANKS}, i.severity)) AS rank, max(i.fixed) AS fixed
      FROM vulnerabilities v JOIN scan_issues i ON i.vulnerability_id = v.id JOIN scan_findings f ON f.issue_id = i.id
      JOIN scan_verdicts d ON d.id = f.verdict_id JOIN scan_targets x ON x.id = d.target_id
     WHERE v.name = $4 GROUP BY 1, 2, 3, 4),
  images AS (
    SELECT * FROM hits
    UNION
    SELECT h.registry_id, i.digest, h.package, h.installed, h.rank, h.fixed
      FROM hits h JOIN manifest_children c ON c.digest = h.digest JOIN manifests i ON i.id = c.parent_id),
  rows AS (
    SELECT DISTINCT ON (g.id, q.package, q.installed) g.id AS "tagId", g.name AS tag, p.id AS "repositoryId",
           p.full_name AS repository, q.digest, (${RANKS})[q.rank] AS severity, q.fixed, q.package, q.installed
      FROM images q JOIN manifests i ON i.digest = q.digest
      JOIN repositories p ON p.id = i.repository_id AND p.registry_id = q.registry_id
      JOIN tags g ON g.manifest_id = i.id JOIN namespaces n ON n.id = p.namespace_id
      LEFT JOIN team_users m ON m.team_id = n.team_id AND m.user_id = $1
     WHERE ${VISIBLE_NAMESPACE} ORDER BY g.id, q.package, q.installed, q.rank)`;
