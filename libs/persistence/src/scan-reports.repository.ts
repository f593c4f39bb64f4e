import type { ScanState } from '#domain/scan/scan-report.entity.js';
import type { Database } from './database.js';

export interface QueuedScan {
  id: string;
  registryId: number;
  digest: string;
}

/** What became of a queued scan. */
export interface EndedScan {
  id: string;
  state: Exclude<ScanState, 'queued'>;
  reason: string | null;
}

export class ScanReportsRepository {
  constructor(private readonly database: Database) {}

  /** Reports that wait for a scanner, oldest first. */
  async queued(limit: number): Promise<QueuedScan[]> {
    return this.database.query<QueuedScan & Record<string, unknown>>(
      `SELECT id::text, registry_id AS "registryId", digest FROM scan_reports WHERE state = 'queued' ORDER BY id LIMIT $1`,
      [limit],
    );
  }

  async hasQueued(): Promise<boolean> {
    return (await this.queued(1)).length > 0;
  }

  /** Ends queued reports. A report that was ended meanwhile stays as it is. */
  async settle(ended: readonly EndedScan[]): Promise<void> {
    if (ended.length === 0) return;
    await this.database.query(
      `UPDATE scan_reports r SET state = e.state, reason = e.reason, updated_at = now()
         FROM unnest($1::bigint[], $2::text[], $3::text[]) AS e(id, state, reason)
        WHERE r.id = e.id AND r.state = 'queued'`,
      [ended.map((one) => one.id), ended.map((one) => one.state), ended.map((one) => one.reason)],
    );
  }
}
