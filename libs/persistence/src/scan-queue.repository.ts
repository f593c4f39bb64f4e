import { SCAN_PRIORITIES, type ScanPriority } from '#domain/scan/scan-state.js';
import { announceScans } from './announce-scans.js';
import type { Database, Sql } from './database.js';
import { summariseScans } from './scan-summaries.js';

/** A scan that a worker has taken. */
export interface ClaimedScan {
  id: string;
  targetId: string;
  scanner: string;
  generation: number;
  attempts: number;
  registryId: number;
  digest: string;
  /** Of a repository that has it; null: none has it any more. */
  repository: string | null;
  mediaType: string | null;
  os: string | null;
  architecture: string | null;
  variant: string | null;
  /** Bytes. */
  size: number | null;
}

/** How a scan ended without a verdict. */
export interface EndedScan {
  state: 'failed' | 'unsupported';
  reason: string;
}

type Held = Pick<ClaimedScan, 'id' | 'generation'>;

const HELD = `id = $1::bigint AND holder = $2 AND generation = $3 AND state = 'running'`;
const FREED = 'holder = NULL, lease_until = NULL';

const CLAIM = `
  WITH taken AS (
    UPDATE scans SET state = 'running', holder = $2, generation = generation + 1, started_at = now(),
                     lease_until = now() + make_interval(secs => $4)
     WHERE id IN (SELECT id FROM scans WHERE scanner = $1 AND state = 'queued' AND due_at <= now()
                   ORDER BY priority, queued_at DESC LIMIT $3 FOR UPDATE SKIP LOCKED)
       AND EXISTS (SELECT FROM scanners WHERE name = $1 AND enabled AND coalesce(paused_until, now()) <= now())
    RETURNING id, target_id, scanner, generation, attempts)
  SELECT s.id::text, s.target_id::text AS "targetId", s.scanner, s.generation, s.attempts, t.registry_id AS "registryId", t.digest,
         m.full_name AS repository, m.media_type AS "mediaType", m.os, m.architecture, m.variant, m.size::float8 AS size
    FROM taken s JOIN scan_targets t ON t.id = s.target_id
    LEFT JOIN LATERAL (
      SELECT r.full_name, f.media_type, f.os, f.architecture, f.variant, f.size
        FROM manifests f JOIN repositories r ON r.id = f.repository_id
       WHERE f.digest = t.digest AND r.registry_id = t.registry_id AND f.gone_at IS NULL
       ORDER BY r.removed_at NULLS FIRST, f.id DESC LIMIT 1 OFFSET 0) m ON true`;

/** What is to be scanned: rows that workers take under a lease. */
export class ScanQueueRepository {
  constructor(private readonly database: Database) {}

  /** Whether there is something to plan, to scan, or to put back. */
  async hasWork(): Promise<boolean> {
    const [row] = await this.database.query<{ any: boolean }>(
      `SELECT EXISTS (SELECT FROM scanners WHERE enabled) AND (
                EXISTS (SELECT FROM scan_targets WHERE unplanned)
             OR EXISTS (SELECT FROM scanners n JOIN scans s ON s.scanner = n.name AND s.state = 'queued' AND s.due_at <= now()
                         WHERE n.enabled AND coalesce(n.paused_until, now()) <= now())
             OR EXISTS (SELECT FROM scans WHERE state = 'running' AND lease_until < now())) AS any`,
    );
    return row?.any ?? false;
  }

  /** Takes the scans of a scanner that go first. None while it is paused or not used any more. */
  async claim(scanner: string, holder: string, limit: number, leaseSeconds: number): Promise<ClaimedScan[]> {
    return this.database.query<ClaimedScan & Record<string, unknown>>(CLAIM, [scanner, holder, limit, leaseSeconds]);
  }

  /** Keeps a scan ours. false: another one has it, or nobody is to do it any more. */
  async renew({ id, generation }: Held, holder: string, leaseSeconds: number): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE scans SET lease_until = now() + make_interval(secs => $4) WHERE ${HELD} RETURNING 1`,
      [id, holder, generation, leaseSeconds],
    );
    return rows.length > 0;
  }

  /** Puts a scan back as if it had not been taken: nothing is known against it. It is due again in so many seconds. */
  async release({ id, generation }: Held, holder: string, seconds: number): Promise<void> {
    await this.database.query(
      `UPDATE scans SET state = 'queued', ${FREED}, due_at = now() + make_interval(secs => $4) WHERE ${HELD}`,
      [id, holder, generation, seconds],
    );
  }

  /** Notes a failed attempt; it is due again in so many seconds. */
  async retry({ id, generation }: Held, holder: string, reason: string, seconds: number): Promise<void> {
    await this.settle(
      `UPDATE scans SET state = 'queued', ${FREED}, attempts = attempts + 1, reason = left($4, 1000),
              due_at = now() + make_interval(secs => $5)
        WHERE ${HELD} RETURNING target_id AS "targetId"`,
      [id, holder, generation, reason, seconds],
    );
  }

  /** Ends a scan that gave no verdict. */
  async end({ id, generation }: Held, holder: string, ended: EndedScan): Promise<void> {
    await this.settle(
      `UPDATE scans SET state = $4, ${FREED}, attempts = attempts + 1, reason = left($5, 1000), ended_at = now()
        WHERE ${HELD} RETURNING target_id AS "targetId"`,
      [id, holder, generation, ended.state, ended.reason],
    );
  }

  /** Scans whose worker is gone wait again; one that has cost so many workers has failed. */
  async expire(maxAttempts: number, limit: number): Promise<void> {
    await this.settle(
      `UPDATE scans SET state = CASE WHEN attempts + 1 >= $1 THEN 'failed' ELSE 'queued' END, ${FREED},
              attempts = attempts + 1, reason = 'the worker that scanned it ended',
              ended_at = CASE WHEN attempts + 1 >= $1 THEN now() ELSE ended_at END, due_at = now()
        WHERE id IN (SELECT id FROM scans WHERE state = 'running' AND lease_until < now() ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING target_id AS "targetId"`,
      [maxAttempts, limit],
    );
  }

  /**
   * Asks for new scans of targets, also of the platforms of indexes: those that wait go by the better priority, those under
   * way go on, and attempts are counted anew. Returns how many scans wait now because of that.
   */
  async request(targetIds: readonly string[], priority: ScanPriority, sql: Sql = this.database): Promise<number> {
    const rows = await sql.query<{ targetId: string }>(
      `UPDATE scans SET state = 'queued', priority = CASE WHEN state = 'queued' THEN least(priority, $2) ELSE $2 END,
              queued_at = now(), due_at = now(), attempts = 0
        WHERE id IN (SELECT id FROM scans WHERE target_id = ANY($1::bigint[]) AND state <> 'running' ORDER BY id FOR UPDATE)
       RETURNING target_id AS "targetId"`,
      [targetIds, SCAN_PRIORITIES[priority]],
    );
    await summariseScans(sql, [...new Set(rows.map((row) => row.targetId))]);
    return rows.length;
  }

  /** A step of the scans of everything that were asked for. Returns how many scans wait now because of it. */
  async requestAsked(limit: number): Promise<number> {
    const asked = await this.database.query<{ name: string }>(
      'SELECT name FROM scanners WHERE enabled AND asked_at IS NOT NULL ORDER BY name LIMIT 1',
    );
    const name = asked[0]?.name;
    if (name === undefined) return 0;
    return this.database.transaction(async (sql) => {
      const rows = await sql.query<{ targetId: string }>(
        `UPDATE scans SET state = 'queued', priority = $3, queued_at = now(), due_at = now(), attempts = 0
          WHERE id IN (SELECT s.id FROM scans s JOIN scanners n ON n.name = s.scanner
                        WHERE s.scanner = $1 AND s.state IN ('done', 'failed', 'unsupported') AND coalesce(s.ended_at, '-infinity') < n.asked_at
                        ORDER BY s.id LIMIT $2 FOR UPDATE OF s SKIP LOCKED)
         RETURNING target_id AS "targetId"`,
        [name, limit, SCAN_PRIORITIES.rescan],
      );
      await summariseScans(sql, [...new Set(rows.map((row) => row.targetId))]);
      if (rows.length === 0) await sql.query('UPDATE scanners SET asked_at = NULL WHERE name = $1', [name]);
      return rows.length;
    });
  }

  /** Also tells webhooks, where nothing more is to be done for an image. */
  private async settle(statement: string, values: unknown[]): Promise<void> {
    await this.database.transaction(async (sql) => {
      const rows = await sql.query<{ targetId: string }>(statement, values);
      const changed = await summariseScans(sql, [...new Set(rows.map((row) => row.targetId))]);
      if (changed.length > 0) await announceScans(sql, changed);
    });
  }
}
