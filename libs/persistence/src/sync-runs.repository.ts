import type { SyncMode, SyncStrategy } from '#domain/sync/strategy.js';
import type { SyncState } from '#domain/sync/sync-run.entity.js';
import type { Database } from './database.js';

export interface ClaimedRun {
  id: number;
  registryId: number;
  slot: string;
  mode: SyncMode;
  strategy: SyncStrategy;
}

export interface RunProgress {
  listed: number;
  done: number;
  failed: number;
  changes: Record<string, number>;
}

/** Any number; the same in every worker. */
const CLAIM_LOCK = 7_406_541_204;

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
   * Takes the oldest open run that nobody works on; one run of a registry at a time. Null when there is none. A run
   * whose worker died is taken over after its lease.
   */
  async claim(holder: string, seconds: number): Promise<ClaimedRun | null> {
    const [run] = await this.database.transaction(async (sql) => {
      // One at a time: a claim that is not committed yet would be invisible to the next one's check.
      await sql.query('SELECT pg_advisory_xact_lock($1)', [CLAIM_LOCK]);
      return sql.query<ClaimedRun & Record<string, unknown>>(
        `UPDATE sync_runs SET state = 'running', holder = $1, expires_at = now() + make_interval(secs => $2),
                            started_at = coalesce(started_at, now()), listed = 0, done = 0, failed = 0, changes = '{}'
        WHERE id = (
          SELECT r.id FROM sync_runs r
           WHERE r.state IN ('queued', 'running') AND (r.expires_at IS NULL OR r.expires_at < now())
             AND NOT EXISTS (SELECT FROM sync_runs o WHERE o.registry_id = r.registry_id AND o.id <> r.id
                                AND o.state = 'running' AND o.expires_at >= now())
           ORDER BY r.id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, registry_id AS "registryId", slot, mode, strategy`,
        [holder, seconds],
      );
    });
    return run ?? null;
  }

  /** Notes progress and keeps the run ours. Returns false when it was taken over. */
  async progress(id: number, holder: string, seconds: number, progress: RunProgress): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE sync_runs SET listed = $3, done = $4, failed = $5, changes = $6,
                            expires_at = now() + make_interval(secs => $7)
        WHERE id = $1 AND holder = $2 AND state = 'running' RETURNING 1`,
      [id, holder, progress.listed, progress.done, progress.failed, JSON.stringify(progress.changes), seconds],
    );
    return rows.length > 0;
  }

  /** Ends a run. */
  async finish(id: number, holder: string, state: SyncState, outcome: string, progress: RunProgress): Promise<void> {
    await this.database.query(
      `UPDATE sync_runs SET state = $3, outcome = left($4, 2000), listed = $5, done = $6, failed = $7, changes = $8,
                            finished_at = now(), holder = NULL, expires_at = NULL
        WHERE id = $1 AND holder = $2`,
      [id, holder, state, outcome, progress.listed, progress.done, progress.failed, JSON.stringify(progress.changes)],
    );
  }

  /**
   * Puts a run back into the queue, to be taken again after some seconds; with 0 at once, otherwise the longer it has
   * been tried the later, up to an hour.
   */
  async giveBack(id: number, holder: string, outcome: string, seconds: number): Promise<void> {
    await this.database.query(
      `UPDATE sync_runs SET state = 'queued', outcome = left($3, 2000), holder = NULL,
                            expires_at = now() + make_interval(secs => CASE WHEN $4 = 0 THEN 0
                               ELSE greatest($4, least(3600, extract(epoch FROM now() - created_at) / 2)) END)
        WHERE id = $1 AND holder = $2`,
      [id, holder, outcome, seconds],
    );
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
      `SELECT id, slot, mode, strategy, state, listed, done, failed, changes, outcome, created_at, started_at, finished_at
         FROM sync_runs WHERE registry_id = $1 ORDER BY id DESC LIMIT $2`,
      [registryId, limit],
    );
  }

  /**
   * Deletes ended runs beyond the newest `keep` of each registry. The import stays for ever, and what was made for a
   * reason stays longer than the reason's rows: its slot says that it was done.
   */
  async purge(keep: number): Promise<void> {
    await this.database.query(
      `DELETE FROM sync_runs WHERE id IN (
         SELECT id FROM (SELECT id, slot, created_at, row_number() OVER (PARTITION BY registry_id ORDER BY id DESC) AS n
                           FROM sync_runs WHERE state NOT IN ('queued', 'running')) s
          WHERE n > $1 AND slot <> 'initial'
            AND (slot !~ '^(repair|instance):' OR created_at < now() - interval '400 days'))`,
      [keep],
    );
  }
}
