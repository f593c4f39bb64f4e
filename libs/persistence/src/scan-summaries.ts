import { DOCKER_LIST, OCI_INDEX } from '#domain/manifest/media-types.js';
import { SEVERITIES } from '#domain/scan/severity.js';
import type { Sql } from './database.js';

/** An index may hold indexes; deeper ones than this are not looked into. */
const MAX_DEPTH = 4;
const INDEX_TYPES = `'${OCI_INDEX}', '${DOCKER_LIST}'`;
/** Worst first, as a rank from 1. */
const RANKS = `array[${SEVERITIES.map((severity) => `'${severity}'`).join(', ')}]`;
const COUNTED = SEVERITIES.map((name, i) => `count(*) FILTER (WHERE d.rank = ${i + 1})::int AS ${name}`).join(', ');
const SET_COUNTS = [...SEVERITIES, 'fixable'].map((name) => `${name} = coalesce(c.${name}, 0)`).join(', ');

/** Counts each vulnerability of a package once for a target, however many scanners and platforms tell of it, at its worst. */
const COUNTS = `
  SELECT d.id, ${COUNTED}, count(*) FILTER (WHERE d.fixable)::int AS fixable, (${RANKS})[min(d.rank)] AS worst
    FROM (SELECT v.id, i.vulnerability_id, i.package, i.installed, min(array_position(${RANKS}, i.severity)) AS rank,
                 bool_or(i.fixed IS NOT NULL) AS fixable
            FROM counted v JOIN scan_findings f ON f.verdict_id = v.verdict_id JOIN scan_issues i ON i.id = f.issue_id
           GROUP BY v.id, i.vulnerability_id, i.package, i.installed) d
   GROUP BY d.id`;

/**
 * Verdicts that are shown of images \`x(id)\`: those of scanners that still look at them; where none of these has given one
 * yet, the former ones.
 */
const SHOWN = `
  SELECT x.id, v.id AS verdict_id, v.completed_at, coalesce(n.demo, false) AS demo
    FROM x JOIN scan_verdicts v ON v.target_id = x.id LEFT JOIN scanners n ON n.name = v.scanner
   WHERE EXISTS (SELECT FROM scans s WHERE s.target_id = x.id AND s.scanner = v.scanner)
      OR NOT EXISTS (SELECT FROM scan_verdicts o JOIN scans s ON s.target_id = o.target_id AND s.scanner = o.scanner
                      WHERE o.target_id = x.id)`;

const SUMMARISE_IMAGES = `
  WITH x AS (SELECT id FROM scan_targets WHERE id = ANY($1::bigint[]) AND NOT is_index),
  work AS (
    SELECT x.id, CASE WHEN bool_or(s.state IN ('queued', 'running')) THEN 'queued' WHEN bool_or(s.state = 'failed') THEN 'failed'
                      WHEN bool_or(s.state = 'done') THEN 'done' ELSE 'unsupported' END AS state,
           left(string_agg(s.scanner || ': ' || s.reason, '; ' ORDER BY s.scanner), 1000) AS reason
      FROM x JOIN scans s ON s.target_id = x.id GROUP BY x.id),
  counted AS (${SHOWN}),
  dated AS (SELECT id, min(completed_at) AS verdict_at, bool_or(demo) AS demo FROM counted GROUP BY id),
  counts AS (${COUNTS})
  UPDATE scan_targets t
     SET state = CASE WHEN w.id IS NOT NULL THEN w.state WHEN t.state = 'unsupported' THEN t.state ELSE 'none' END,
         reason = CASE WHEN w.id IS NULL THEN t.reason ELSE w.reason END,
         verdict_at = d.verdict_at, demo = coalesce(d.demo, false), worst = c.worst, ${SET_COUNTS}
    FROM x LEFT JOIN work w ON w.id = x.id LEFT JOIN dated d ON d.id = x.id LEFT JOIN counts c ON c.id = x.id
   WHERE t.id = x.id`;

/** A platform that the registry lacks, or that has no verdict, keeps its index from having one. */
const SUMMARISE_INDEXES = `
  WITH RECURSIVE wanted AS (SELECT id, registry_id, digest FROM scan_targets WHERE id = ANY($1::bigint[]) AND is_index),
  tree AS (
    SELECT id, registry_id, digest, true AS is_index, 0 AS depth FROM wanted
    UNION
    SELECT t.id, t.registry_id, c.digest, c.media_type IN (${INDEX_TYPES}), t.depth + 1
      FROM tree t JOIN manifests m ON m.digest = t.digest
      JOIN repositories r ON r.id = m.repository_id AND r.registry_id = t.registry_id
      JOIN manifest_children c ON c.parent_id = m.id AND c.os IS DISTINCT FROM 'unknown'
     WHERE t.is_index AND t.depth < ${MAX_DEPTH}),
  leaves AS (SELECT DISTINCT id, registry_id, digest FROM tree WHERE NOT is_index),
  members AS (
    SELECT l.id, l.digest, x.id AS leaf, coalesce(x.state, 'missing') AS state, x.reason, x.verdict_at
      FROM leaves l LEFT JOIN scan_targets x ON x.registry_id = l.registry_id AND x.digest = l.digest),
  work AS (
    SELECT id, CASE WHEN bool_or(state = 'queued') THEN 'queued' WHEN bool_or(state IN ('failed', 'missing')) THEN 'failed'
                    WHEN bool_or(state = 'none') THEN 'none' WHEN bool_or(state = 'done') THEN 'done' ELSE 'unsupported' END AS state,
           left(string_agg(left(digest, 19) || ': ' || CASE state WHEN 'missing' THEN 'not in the registry' ELSE reason END, '; '
                           ORDER BY digest), 1000) AS reason,
           CASE WHEN bool_and(verdict_at IS NOT NULL OR state = 'unsupported') THEN min(verdict_at) END AS verdict_at
      FROM members GROUP BY id),
  x AS (SELECT leaf AS id FROM members WHERE leaf IS NOT NULL),
  shown AS (${SHOWN}),
  counted AS (SELECT DISTINCT m.id, s.verdict_id, s.demo FROM members m JOIN shown s ON s.id = m.leaf),
  marked AS (SELECT id, bool_or(demo) AS demo FROM counted GROUP BY id),
  counts AS (${COUNTS})
  UPDATE scan_targets t
     SET state = coalesce(w.state, 'unsupported'), reason = CASE WHEN w.id IS NULL THEN 'it lists no image' ELSE w.reason END,
         verdict_at = w.verdict_at, demo = coalesce(d.demo, false), worst = c.worst, ${SET_COUNTS}
    FROM wanted q LEFT JOIN work w ON w.id = q.id LEFT JOIN marked d ON d.id = q.id LEFT JOIN counts c ON c.id = q.id
   WHERE t.id = q.id`;

const ANCESTORS = `
  WITH RECURSIVE up AS (
    SELECT id, registry_id, digest, 0 AS depth FROM scan_targets WHERE id = ANY($1::bigint[])
    UNION
    SELECT p.id, p.registry_id, p.digest, u.depth + 1
      FROM up u JOIN manifest_children c ON c.digest = u.digest JOIN manifests m ON m.id = c.parent_id
      JOIN repositories r ON r.id = m.repository_id AND r.registry_id = u.registry_id
      JOIN scan_targets p ON p.registry_id = u.registry_id AND p.digest = m.digest
     WHERE u.depth < ${MAX_DEPTH})
  SELECT DISTINCT id FROM up`;

/**
 * Sums up anew what is shown of these targets and of the indexes that list them; to be called in the transaction of what
 * changed. The rows are locked in one order for all, so that the last of several knows what the others wrote. Returns the
 * ids of all of them.
 */
export async function summariseScans(sql: Sql, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await sql.query<{ id: string }>(ANCESTORS, [ids]);
  const all = rows.map((row) => row.id);
  await sql.query('SELECT 1 FROM scan_targets WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE', [all]);
  await sql.query(SUMMARISE_IMAGES, [all]);
  await sql.query(SUMMARISE_INDEXES, [all]);
  return all;
}
