import { z } from 'zod';
import { SCAN_STATES } from '#domain/scan/scan-state.js';
import type { ListedScan } from '#persistence/scan-list.repository.js';
import type { ScannerRow } from '#persistence/scanners.repository.js';
import { pageQuery } from '../http/list-query.js';

const LISTED_STATES = SCAN_STATES.filter((state) => state !== 'none');
const time = z.string().nullable();

export const scansQuery = pageQuery.extend({
  state: z.enum(LISTED_STATES).optional().describe('Only scans in this state.'),
});
export type ScansQuery = z.output<typeof scansQuery>;

/** Ids of scans are longer than those of other things; what is none is that of nothing. */
export const scanId = z
  .string()
  .regex(/^\d{1,18}$/)
  .catch('0');

export const listedScanView = z
  .object({
    id: z.number(),
    scanner: z.string(),
    state: z.enum(LISTED_STATES),
    reason: z.string().nullable().describe('why it failed or was not possible; of one that waits again, why it failed'),
    attempts: z.number().describe('that failed'),
    digest: z.string(),
    places: z
      .array(z.object({ tag_id: z.number(), name: z.string() }))
      .describe('tags of it, or of indexes that list it: the first five'),
    verdict_at: time.describe('of the last good verdict, which is still shown'),
    queued_at: z.string(),
    due_at: z.string(),
    started_at: time,
    ended_at: time,
  })
  .meta({ id: 'ListedScan' });

export function viewListedScan(row: ListedScan): z.output<typeof listedScanView> {
  const { id, scanner, state, reason, attempts, digest, places } = row;
  return {
    id: Number(id),
    scanner,
    state,
    reason,
    attempts,
    digest,
    places,
    verdict_at: row.verdictAt?.toISOString() ?? null,
    queued_at: row.queuedAt.toISOString(),
    due_at: row.dueAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    ended_at: row.endedAt?.toISOString() ?? null,
  };
}

const count = z.number();

/** Counted lately, not with every answer. */
export const scansSummary = z
  .object({ queued: count, running: count, done: count, failed: count, unsupported: count })
  .meta({ id: 'ScansSummary' });

/** `demo`: its findings are made up. `data_at`: of when its data are; null: it does not say so. */
export const scannerView = z
  .object({
    name: z.string(),
    demo: z.boolean(),
    version: z.string().nullable(),
    data_version: z.string().nullable(),
    data_at: time,
    checked_at: time.describe('when it last answered'),
    problem: z.string().nullable().describe('why it can not be used now'),
  })
  .meta({ id: 'Scanner' });

export function viewScanner(row: ScannerRow): z.output<typeof scannerView> {
  const { name, demo, version, dataVersion, dataAt, checkedAt, problem } = row;
  return {
    name,
    demo,
    version,
    data_version: dataVersion,
    data_at: dataAt?.toISOString() ?? null,
    checked_at: checkedAt?.toISOString() ?? null,
    problem,
  };
}
