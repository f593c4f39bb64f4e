import type { SyncMode, SyncStrategy } from '#domain/sync/strategy.js';
import type { SyncStage, SyncState } from '#domain/sync/sync-run.entity.js';
import type { Database } from './database.js';

export interface ClaimedRun {
  id: number;
  registryId: number;
  slot: string;
  mode: SyncMode;
  strategy: SyncStrategy;
  dryRun: boolean;
  stage: SyncStage;
  cursor: string | null;
  listed: number;
  requestedBy: string | null;
  startedAt: Date;
  confirmBefore: Date;
  approved: boolean;
}

/** What is known of a run while it goes on. */
export interface RunCounts {
  stage: SyncStage;
  listed: number;
  done: number;
  failed: number;
  missing: number;
  planned: number;
  open: number;
  knownRepositories: number;
  knownTags: number;
  changes: Record<string, number>;
}

/** Any number; the same in every worker. */
const CLAIM_LOCK = 7_406_541_204;

const CLAIMED = `id, registry_id AS "registryId", slot, mode, strategy, dry_run AS "dryRun", stage, cursor, listed,
                 requested_by AS "requestedBy",                 started_at AS "startedAt", confirm_before AS "confirmBefore", approved_at IS NOT NULL AS approved`;

/**
 * The runs of syncs. A slot is unique: whoever asks for the same slot again gets nothing new. Slots are asked for every
 * second by every worker, so a known one must not even use up an id: the index decides only about those asked for at once.
 */
export class SyncRunsRepository {
  constructor(private readonly database: Database) {}

  /** Makes a run for the slot, unless it was made before. Returns true when it is new. */
  async request(registryId: number, slot: string, mode: SyncMode, strategy: SyncStrategy): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO sync_runs (registry_id, slot, mode, strategy) SELECT $1::int, $2::text, $3::text, $4::text
        WHERE NOT EXISTS (SELECT FROM sync_runs WHERE registry_id = $1 AND slot = $2)
       ON CONFLICT (registry_id, slot) DO NOTHING RETURNING 1`,
      [registryId, slot.slice(0, 255), mode, strategy],
    );
    return rows.length > 0;
  }

  /**
   * As {@link request}, for a slot of a schedule: not while an earlier one of the kind is waiting or at work, so that
   * slots do not pile up behind a pass that takes longer than its interval.
   */
  async requestPeriodic(registryId: number, slot: string, mode: SyncMode, strategy: SyncStrategy): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO sync_runs (registry_id, slot, mode, strategy) SELECT $1::int, $2::text, $3::text, $4::text
        WHERE NOT EXISTS (SELECT FROM sync_runs WHERE registry_id = $1 AND slot = $2)
          AND NOT EXISTS (SELECT FROM sync_runs WHERE registry_id = $1 AND state IN ('queued', 'running')
                             AND slot LIKE $3 || ':%')
       ON CONFLICT (registry_id, slot) DO NOTHING RETURNING 1`,
      [registryId, slot, mode, strategy],
    );
    return rows.length > 0;
  }

  /** Makes a deep run that removes nothing for each registry with rejected or dead notifications newer than its last. */
  async requestRepairs(): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO sync_runs (registry_id, slot, mode, strategy)
       SELECT e.registry_id, e.slot, 'deep', 'update'
         FROM (SELECT registry_id, 'repair:' || (extract(epoch FROM max(coalesce(processed_at, received_at))) * 1000000)::bigint AS slot
                 FROM registry_events WHERE state IN ('rejected', 'dead') GROUP BY registry_id) e
        WHERE NOT EXISTS (SELECT FROM sync_runs r WHERE r.registry_id = e.registry_id AND r.slot = e.slot)
       ON CONFLICT (registry_id, slot) DO NOTHING RETURNING 1`,
    );
    return rows.length > 0;
  }

  /**
   * Takes the lead of the oldest open run that nobody leads; one run of a registry and mode at a time. Null when there
   * is none. A run whose worker died goes on after its lease, from where it was.
   */
  async claim(holder: string, seconds: number, confirmationSeconds: number): Promise<ClaimedRun | null> {
    const [run] = await this.database.transaction(async (sql) => {
      // One at a time: a claim that is not committed yet would be invisible to the next one's check.
      await sql.query('SELECT pg_advisory_xact_lock($1)', [CLAIM_LOCK]);
      return sql.query<ClaimedRun & Record<string, unknown>>(
        `UPDATE sync_runs SET state = 'running', holder = $1, expires_at = now() + make_interval(secs => $2),
                            started_at = coalesce(started_at, now()),
                            confirm_before = coalesce(confirm_before, now() - make_interval(secs => $3))
        WHERE id = (
          SELECT r.id FROM sync_runs r
           WHERE r.state IN ('queued', 'running') AND (r.expires_at IS NULL OR r.expires_at < now())
             AND (r.slot LIKE 'undo:%' OR
                  NOT EXISTS (SELECT FROM sync_runs o WHERE o.registry_id = r.registry_id AND o.id <> r.id
                                 AND o.mode = r.mode AND o.state = 'running' AND o.expires_at >= now()))
           ORDER BY r.id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING ${CLAIMED}`,
        [holder, seconds, confirmationSeconds],
      );
    });
    return run ?? null;
  }

  /** Keeps the lead. Returns what the run has come to; null when it is no longer ours, or was cancelled. */
  async lead(id: number, holder: string, seconds: number): Promise<RunCounts | null> {
    const [row] = await this.database.query<RunCounts & Record<string, unknown>>(
      `UPDATE sync_runs SET expires_at = now() + make_interval(secs => $3)
        WHERE id = $1 AND holder = $2 AND state = 'running'
       RETURNING stage, listed, done, failed, missing, planned, open, changes, coalesce(known_repositories, 0) AS "knownRepositories",
                 coalesce(known_tags, 0) AS "knownTags"`,
      [id, holder, seconds],
    );
    return row ?? null;
  }

  /** A running run that this worker may help with, as its leader sees it. */
  async running(id: number): Promise<ClaimedRun | null> {
    const [run] = await this.database.query<ClaimedRun & Record<string, unknown>>(
      `SELECT ${CLAIMED} FROM sync_runs WHERE id = $1 AND state = 'running'`,
      [id],
    );
    return run ?? null;
  }

  /** Ends a run; what it kept for its work goes, unless its plan waits for a yes. */
  async finish(id: number, holder: string, state: SyncState, outcome: string): Promise<void> {
    await this.database.transaction(async (sql) => {
      const ended = await sql.query(
        `UPDATE sync_runs SET state = $3, outcome = left($4, 2000), finished_at = now(), holder = NULL, expires_at = NULL
          WHERE id = $1 AND holder = $2 AND state = 'running' RETURNING 1`,
        [id, holder, state, outcome],
      );
      if (ended.length > 0 && state !== 'waiting') await sql.query('DELETE FROM sync_batches WHERE run_id = $1', [id]);
    });
  }

  /**
   * Puts a run back into the queue, to go on after some seconds; with 0 at once, otherwise the longer it has been tried
   * the later, up to an hour. What could not be read is asked for again then, and what was read is not.
   */
  async giveBack(id: number, holder: string, outcome: string, seconds: number): Promise<void> {
    await this.database.transaction(async (sql) => {
      const back = await sql.query(
        `UPDATE sync_runs SET state = 'queued', outcome = left($3, 2000), holder = NULL,
                              done = CASE WHEN $4 = 0 THEN done ELSE done - failed END,
                              failed = CASE WHEN $4 = 0 THEN failed ELSE 0 END,
                              expires_at = now() + make_interval(secs => CASE WHEN $4 = 0 THEN 0
                                 ELSE greatest($4, least(3600, extract(epoch FROM now() - created_at) / 2)) END)
          WHERE id = $1 AND holder = $2 AND state = 'running' RETURNING 1`,
        [id, holder, outcome, seconds],
      );
      if (back.length === 0 || seconds === 0) return;
      await sql.query(
        `WITH again AS (UPDATE sync_batches SET state = 'waiting' WHERE run_id = $1 AND state = 'failed' RETURNING todo),
         forgotten AS (
           DELETE FROM sync_differences WHERE run_id = $1 AND repository IN (SELECT unnest(todo) FROM again) RETURNING 1)
         UPDATE sync_runs SET recorded = recorded - (SELECT count(*) FROM forgotten) WHERE id = $1`,
        [id],
      );
    });
  }

  /** True when a run waits for a worker. */
  async hasOpen(): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM sync_runs WHERE state IN ('queued', 'running') AND (expires_at IS NULL OR expires_at < now()) LIMIT 1`,
    );
    return rows.length > 0;
  }

  /** The latest runs of a registry. */
  async latest(registryId: number, limit: number): Promise<Record<string, unknown>[]> {
    return this.database.query(
      `SELECT id, slot, mode, strategy, state, listed, done, failed, missing, planned, open, changes, outcome, created_at,
              started_at, finished_at
         FROM sync_runs WHERE registry_id = $1 ORDER BY id DESC LIMIT $2`,
      [registryId, limit],
    );
  }

  /**
   * Deletes ended runs beyond the newest `keep` of each registry. The import stays for ever, what can still be brought
   * back stays, and what was made for a reason stays longer than the reason's rows: its slot says that it was done.
   */
  async purge(keep: number): Promise<void> {
    await this.database.query(
      `DELETE FROM sync_runs WHERE id IN (
         SELECT id FROM (SELECT id, slot, created_at, row_number() OVER (PARTITION BY registry_id ORDER BY id DESC) AS n
                           FROM sync_runs WHERE state NOT IN ('queued', 'running', 'waiting')) s
          WHERE n > $1 AND slot <> 'initial' AND NOT EXISTS (SELECT FROM removed_tags g WHERE g.run_id = s.id)
            AND (slot !~ '^(repair|instance):' OR created_at < now() - interval '400 days'))`,
      [keep],
    );
  }
}
