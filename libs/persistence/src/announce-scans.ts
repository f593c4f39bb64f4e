import { SEVERITIES } from '#domain/scan/severity.js';
import { announceScan } from './announce.js';
import type { Sql } from './database.js';

const COUNTS = [...SEVERITIES, 'fixable'].map((name) => `'${name}', ${name}`).join(', ');

/** What is told of a scan: how it ended, and the newest good verdict, whose age may be another. */
const ENDED = `
  SELECT registry_id AS "registryId", digest, jsonb_build_object('state', state, 'reason', reason, 'verdict_at', verdict_at, 'demo', demo,
         'worst', worst, 'counts', CASE WHEN verdict_at IS NOT NULL THEN jsonb_build_object(${COUNTS}) END) AS scan
    FROM scan_targets WHERE id = ANY($1::bigint[]) AND state IN ('done', 'failed', 'unsupported') ORDER BY id`;

/**
 * Tells webhooks of those of the images all of whose scans have ended, well or not. To be called in the transaction in which
 * one of them did; images for which something is still to be done, or to be tried again, are told when that has ended.
 */
export async function announceScans(sql: Sql, targetIds: readonly string[]): Promise<void> {
  const rows = await sql.query<{ registryId: number; digest: string; scan: Record<string, unknown> }>(ENDED, [
    targetIds,
  ]);
  for (const { scan, ...image } of rows) await announceScan(sql, image, scan);
}
