import type { ScanState } from '#domain/scan/scan-report.entity.js';
import type { Database } from './database.js';

export interface QueuedScan {
  id: string;
  registryId: number;
  digest: string;
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

  /** Ends a queued report. A report that was ended meanwhile stays as it is. */
  async settle(id: string, state: Exclude<ScanState, 'queued'>, reason: string | null): Promise<void> {
    await this.database.query(
      `UPDATE scan_reports SET state = $2, reason = $3, updated_at = now() WHERE id = $1::bigint AND state = 'queued'`,
      [id, state, reason],
    );
  }
}
