import { SEVERITIES } from '#domain/scan/severity.js';

const COUNTS = [...SEVERITIES, 'fixable'].map((name) => `'${name}', s.${name}`).join(', ');

/**
 * What is shown of the target \`s\` of a manifest. One that waits to be planned is queued as soon as there is a scanner;
 * which of the waiting ones are at work now is looked up for those only.
 */
export const SCAN_COLUMNS = `
  CASE WHEN s.state = 'queued' AND EXISTS (SELECT FROM scans w WHERE w.target_id = s.id AND w.state = 'running') THEN 'running'
       WHEN s.state = 'none' AND s.unplanned AND EXISTS (SELECT FROM scanners n WHERE n.enabled) THEN 'queued'
       ELSE coalesce(s.state, 'none') END AS "scanState",
  CASE WHEN s.state = 'none' AND NOT EXISTS (SELECT FROM scanners n WHERE n.enabled) THEN 'no scanner configured'
       ELSE s.reason END AS "scanReason", s.verdict_at AS "verdictAt", coalesce(s.demo, false) AS "scanDemo", s.worst,
  CASE WHEN s.verdict_at IS NOT NULL THEN json_build_object(${COUNTS}) END AS counts`;
