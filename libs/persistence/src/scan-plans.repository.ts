import { DOCKER_LIST, OCI_INDEX } from '#domain/manifest/media-types.js';
import { SCAN_PRIORITIES } from '#domain/scan/scan-state.js';
import type { Database, Sql } from './database.js';
import { summariseScans } from './scan-summaries.js';

const IMAGE_CONFIGS = `'application/vnd.docker.container.image.v1+json', 'application/vnd.oci.image.config.v1+json'`;

/**
 * What a digest is, by the manifests that have it. A manifest with a subject, a tag of cosign's, or an entry of an index
 * for the platform \`unknown\` (buildx) tells of another image, also where its configuration calls it one.
 */
const KINDS = `
  SELECT u.id, bool_or(m.media_type IN ('${OCI_INDEX}', '${DOCKER_LIST}')) AS is_index,
         bool_or(m.config_media_type IN (${IMAGE_CONFIGS}) AND m.subject_digest IS NULL
                 AND NOT EXISTS (SELECT FROM tags g WHERE g.manifest_id = m.id AND g.name ~ '^sha256-[a-f0-9]{64}\\.(sig|att|sbom)$')
                 AND NOT EXISTS (SELECT FROM manifest_children c WHERE c.digest = m.digest AND c.os = 'unknown')) AS is_image,
         min(coalesce(m.artifact_type, m.config_media_type, m.media_type)) AS kind
    FROM unplanned u
    LEFT JOIN (manifests m JOIN repositories r ON r.id = m.repository_id)
      ON m.digest = u.digest AND r.registry_id = u.registry_id AND m.gone_at IS NULL
   GROUP BY u.id`;

const PLAN = `
  WITH unplanned AS (
    SELECT id, registry_id, digest FROM scan_targets WHERE unplanned ORDER BY id DESC LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED),
  kinds AS (${KINDS}),
  planned AS (
    UPDATE scan_targets t
       SET unplanned = false, is_index = coalesce(k.is_index, false),
           state = CASE WHEN k.kind IS NULL THEN 'none' WHEN k.is_index OR k.is_image THEN t.state ELSE 'unsupported' END,
           reason = CASE WHEN k.kind IS NULL THEN 'it is not in the registry any more'
                         WHEN k.is_index OR k.is_image THEN t.reason
                         ELSE 'this is no image that could be scanned: ' || left(k.kind, 200) END
      FROM kinds k WHERE t.id = k.id
    RETURNING t.id, k.is_image AND NOT k.is_index AS is_image),
  queued AS (
    INSERT INTO scans (target_id, scanner, priority, state)
    SELECT p.id, s.name, $2, CASE WHEN v.id IS NULL THEN 'queued' ELSE 'done' END
      FROM planned p CROSS JOIN scanners s LEFT JOIN scan_verdicts v ON v.target_id = p.id AND v.scanner = s.name
     WHERE p.is_image AND s.enabled
    ON CONFLICT (target_id, scanner) DO NOTHING)
  SELECT id FROM planned`;

/**
 * A digest was pulled when a tag was that has it, or that has an index which lists it. Waiting scans go by that too, so that
 * one which was pulled later overtakes those that an earlier round has left.
 */
const RESCAN = `
  WITH due AS (
    SELECT s.id, t.registry_id, t.digest
      FROM scans s JOIN scan_targets t ON t.id = s.target_id JOIN scanners n ON n.name = s.scanner
      LEFT JOIN scan_verdicts v ON v.target_id = s.target_id AND v.scanner = s.scanner
     WHERE s.scanner = $1
       AND ((s.state = 'done' AND v.completed_at < now() - make_interval(hours => $2)
             AND (n.data_at > v.data_at OR v.data_at IS NULL OR n.version IS DISTINCT FROM v.scanner_version))
         OR (s.state IN ('failed', 'unsupported') AND s.ended_at < now() - make_interval(hours => $2)
             AND (s.state = 'failed' OR n.data_at > s.ended_at)))),
  pulls AS (
    SELECT r.registry_id, m.digest, max(g.pulled_at) AS pulled_at
      FROM tags g JOIN manifests m ON m.id = g.manifest_id JOIN repositories r ON r.id = m.repository_id
     WHERE EXISTS (SELECT FROM due) AND g.pulled_at IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT r.registry_id, c.digest, max(g.pulled_at)
      FROM tags g JOIN manifest_children c ON c.parent_id = g.manifest_id JOIN repositories r ON r.id = g.repository_id
     WHERE EXISTS (SELECT FROM due) AND g.pulled_at IS NOT NULL GROUP BY 1, 2),
  first AS (
    SELECT d.id, max(p.pulled_at) AS pulled_at FROM due d LEFT JOIN pulls p ON p.registry_id = d.registry_id AND p.digest = d.digest
     GROUP BY d.id ORDER BY max(p.pulled_at) DESC NULLS LAST, d.id DESC LIMIT $3)
  UPDATE scans s SET state = 'queued', priority = $4, queued_at = coalesce(f.pulled_at, '2000-01-01'), due_at = now(), attempts = 0
    FROM first f
   WHERE s.id = f.id AND s.id IN (SELECT id FROM scans WHERE id IN (SELECT id FROM first) AND state IN ('done', 'failed', 'unsupported')
                                   ORDER BY id FOR UPDATE SKIP LOCKED)
  RETURNING s.target_id AS "targetId"`;

/** A worker that did not know yet that a scanner is used no more may have planned a scan with it. Milliseconds. */
const LOOK_AGAIN_MS = 60_000;

/** Finds out what new digests are, and which scanners are to look at them. */
export class ScanPlansRepository {
  private looked = '0';
  /** The scanners that had no scans any more when they were last looked for, and when that was. */
  private emptied = { names: '', at: Number.NEGATIVE_INFINITY };

  constructor(private readonly database: Database) {}

  /** Plans the newest targets that wait for it; returns how many. None while there is no scanner. */
  async plan(limit: number): Promise<number> {
    return this.database.transaction(async (sql) => {
      const [scanner] = await sql.query('SELECT 1 FROM scanners WHERE enabled LIMIT 1');
      if (!scanner) return 0;
      const rows = await sql.query<{ id: string }>(PLAN, [limit, SCAN_PRIORITIES.push]);
      await summariseScans(
        sql,
        rows.map((row) => row.id),
      );
      return rows.length;
    });
  }

  /** Takes the scans of scanners away that are used no more, some at a time; their verdicts stay. Returns how many. */
  async drain(limit: number): Promise<number> {
    const disabled = await this.database.query<{ name: string }>(
      'SELECT name FROM scanners WHERE NOT enabled ORDER BY 1',
    );
    const names = disabled.map(({ name }) => name);
    const key = names.join('\n');
    // All scans have to be looked through to find none.
    if (this.emptied.names === key && Date.now() < this.emptied.at + LOOK_AGAIN_MS) return 0;
    const gone = names.length === 0 ? 0 : await this.takeAway(names, limit);
    if (gone === 0) this.emptied = { names: key, at: Date.now() };
    return gone;
  }

  private async takeAway(scanners: readonly string[], limit: number): Promise<number> {
    return this.database.transaction(async (sql) => {
      const gone = await sql.query<{ targetId: string }>(
        `DELETE FROM scans WHERE id IN (
           SELECT s.id FROM scans s WHERE s.scanner = ANY($2::text[])
            ORDER BY s.target_id LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING target_id AS "targetId"`,
        [limit, scanners],
      );
      const ids = [...new Set(gone.map((row) => row.targetId))];
      await sql.query(
        `UPDATE scan_targets SET unplanned = true
          WHERE id IN (SELECT id FROM scan_targets WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE)
            AND NOT EXISTS (SELECT FROM scans s WHERE s.target_id = scan_targets.id)`,
        [ids],
      );
      await summariseScans(sql, ids);
      return gone.length;
    });
  }

  /**
   * Asks for new scans by a scanner that knows more than when it made its verdicts, or that failed: of those at least
   * `hours` old, and as many as the rate allows for the time since it was last asked. Those pulled last go first. Any number
   * of workers may ask. Returns how many.
   */
  async rescan(scanner: string, hours: number, perHour: number): Promise<number> {
    return this.database.transaction(async (sql) => {
      const [spent] = await sql.query<{ budget: number }>(
        `UPDATE scanners n SET rescanned_at = now()
           FROM (SELECT name, extract(epoch FROM now() - rescanned_at) / 3600 * $2 AS budget FROM scanners
                  WHERE name = $1 AND enabled FOR NO KEY UPDATE SKIP LOCKED) o
          WHERE n.name = o.name AND o.budget >= 1 RETURNING floor(least(o.budget, $2))::int AS budget`,
        [scanner, perHour],
      );
      if (!spent) return 0;
      const rows = await sql.query<{ targetId: string }>(RESCAN, [
        scanner,
        hours,
        spent.budget,
        SCAN_PRIORITIES.rescan,
      ]);
      await summariseScans(
        sql,
        rows.map((row) => row.targetId),
      );
      return rows.length;
    });
  }

  /**
   * Forgets digests that no repository has any more: they take their verdicts with them. Looks at some at a time, and goes on
   * from there the next time.
   */
  async forget(limit: number): Promise<void> {
    const [row] = await this.database.query<{ last: string | null }>(
      `WITH looked AS (SELECT id, registry_id, digest FROM scan_targets WHERE id > $1 ORDER BY id LIMIT $2),
       gone AS (
         DELETE FROM scan_targets WHERE id IN (
           SELECT t.id FROM looked t
            WHERE NOT EXISTS (SELECT FROM manifests m JOIN repositories r ON r.id = m.repository_id
                               WHERE m.digest = t.digest AND r.registry_id = t.registry_id AND m.gone_at IS NULL)))
       SELECT max(id)::text AS last FROM looked`,
      [this.looked, limit],
    );
    this.looked = row?.last ?? '0';
  }
}

/** Makes all digests be planned again, for a scanner that is new; in small steps, newest first. */
export async function unplanAll(sql: Sql, step: number): Promise<void> {
  for (let before: string | null = null; ;) {
    const rows: { id: string }[] = await sql.query<{ id: string }>(
      `UPDATE scan_targets SET unplanned = true
        WHERE id IN (SELECT id FROM scan_targets WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2)
       RETURNING id`,
      [before, step],
    );
    if (rows.length === 0) return;
    before = rows
      .map((row) => BigInt(row.id))
      .reduce((a, b) => (a < b ? a : b))
      .toString();
  }
}
