import type { SyncMode, SyncStrategy } from '#domain/sync/strategy.js';
import type { SyncStage, SyncState } from '#domain/sync/sync-run.entity.js';
import type { Database, Sql } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';

/** A run, as people see it. */
export interface RunView {
  id: number;
  registryId: number;
  slot: string;
  mode: SyncMode;
  strategy: SyncStrategy;
  dryRun: boolean;
  state: SyncState;
  stage: SyncStage;
  listed: number;
  missing: number;
  done: number;
  failed: number;
  planned: number;
  open: number;
  recorded: number;
  changes: Record<string, number>;
  outcome: string | null;
  requestedBy: string | null;
  approvedBy: string | null;
  approvedAt: Date | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Tags that an undo would bring back. */
  restorable: number;
  /** Seconds that it has been at work, by the database's clock. */
  seconds: number | null;
}

export interface Ask {
  mode: SyncMode;
  strategy: SyncStrategy;
  dryRun: boolean;
  requestedBy: string;
}

export const RUN_SORTS = ['id'] as const;

const COLUMNS = `
  r.id, r.registry_id AS "registryId", r.slot, r.mode, r.strategy, r.dry_run AS "dryRun", r.state, r.stage, r.listed,
  r.missing, r.done, r.failed, r.planned, r.open, r.recorded, r.changes, r.outcome, r.requested_by AS "requestedBy",
  r.approved_by AS "approvedBy", r.approved_at AS "approvedAt", r.created_at AS "createdAt", r.started_at AS "startedAt",
  r.finished_at AS "finishedAt",
  extract(epoch FROM coalesce(r.finished_at, now()) - r.started_at)::float AS seconds,
  (SELECT count(*)::int FROM removed_tags g WHERE g.run_id = r.id) AS restorable`;

/** Any number; the same in every process. */
const ASK_LOCK = 7_406_541_205;

/** Runs that people ask for, and plans that wait for their yes. */
export class SyncPlansRepository {
  constructor(private readonly database: Database) {}

  async page(registryId: number, page: Page<(typeof RUN_SORTS)[number]>): Promise<Listed<RunView>> {
    const source = {
      from: 'sync_runs r',
      where: 'r.registry_id = $1',
      values: [registryId],
      id: 'r.id',
      sorts: { id: { by: 'r.id', type: 'integer' } } as const,
      columns: COLUMNS,
      rows: 'sync_runs r',
    };
    return readPage(this.database, source, page);
  }

  async find(registryId: number, id: number): Promise<RunView | null> {
    const [run] = await this.database.query<RunView & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM sync_runs r WHERE r.registry_id = $1 AND r.id = $2`,
      [registryId, id],
    );
    return run ?? null;
  }

  /** Makes a run, or finds the one of the same kind that was asked for and has not ended. Returns its id. */
  async ask(registryId: number, ask: Ask): Promise<number> {
    return this.database.transaction(async (sql) => {
      await sql.query('SELECT pg_advisory_xact_lock($1)', [ASK_LOCK]);
      const [open] = await sql.query<{ id: number }>(
        `SELECT id FROM sync_runs WHERE registry_id = $1 AND mode = $2 AND strategy = $3 AND dry_run = $4
            AND state IN ('queued', 'running') AND slot LIKE 'asked:%' ORDER BY id LIMIT 1`,
        [registryId, ask.mode, ask.strategy, ask.dryRun],
      );
      if (open) return open.id;
      const [made] = await sql.query<{ id: number }>(
        `INSERT INTO sync_runs (registry_id, slot, mode, strategy, dry_run, requested_by)
         VALUES ($1, 'asked:' || gen_random_uuid(), $2, $3, $4, $5) RETURNING id`,
        [registryId, ask.mode, ask.strategy, ask.dryRun, ask.requestedBy],
      );
      return made!.id;
    });
  }

  /** Says yes to a plan that waits: it goes on with its removals, each of them asked for once more. False: it waits not. */
  async approve(registryId: number, id: number, by: string, also: (sql: Sql) => Promise<void>): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const rows = await sql.query(
        `UPDATE sync_runs SET state = 'queued', approved_at = now(), approved_by = $3, finished_at = NULL, expires_at = NULL
          WHERE registry_id = $1 AND id = $2 AND state = 'waiting' RETURNING 1`,
        [registryId, id, by],
      );
      if (rows.length > 0) await also(sql);
      return rows.length > 0;
    });
  }

  /** Ends a run that has not ended; who works on it notices and stops. False when it has. */
  async cancel(registryId: number, id: number, outcome: string): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const rows = await sql.query(
        `UPDATE sync_runs SET state = 'cancelled', outcome = $3, finished_at = now(), holder = NULL, expires_at = NULL
          WHERE registry_id = $1 AND id = $2 AND state IN ('queued', 'running', 'waiting') RETURNING 1`,
        [registryId, id, outcome],
      );
      if (rows.length > 0) await sql.query('DELETE FROM sync_batches WHERE run_id = $1', [id]);
      return rows.length > 0;
    });
  }

  /** The run whose plan waits for a yes; a registry has at most one. */
  async waiting(registryId: number): Promise<number | null> {
    const [row] = await this.database.query<{ id: number }>(
      `SELECT id FROM sync_runs WHERE registry_id = $1 AND state = 'waiting' ORDER BY id LIMIT 1`,
      [registryId],
    );
    return row?.id ?? null;
  }

  /**
   * Makes the run that brings back what another one removed, repository by repository, and looks at each of them then; it
   * removes nothing. Finds the one that is under way. Null: there is nothing to bring back.
   */
  async askForUndo(
    registryId: number,
    runId: number,
    by: string,
    also: (sql: Sql) => Promise<void>,
  ): Promise<number | null> {
    return this.database.transaction(async (sql) => {
      await sql.query('SELECT pg_advisory_xact_lock($1)', [ASK_LOCK]);
      const [open] = await sql.query<{ id: number }>(
        `SELECT id FROM sync_runs WHERE registry_id = $1 AND state IN ('queued', 'running') AND slot LIKE $2 LIMIT 1`,
        [registryId, `undo:${runId}:%`],
      );
      if (open) return open.id;
      const [made] = await sql.query<{ id: number }>(
        `INSERT INTO sync_runs (registry_id, slot, mode, strategy, stage, listed, known_repositories, known_tags, requested_by)
         SELECT $1, $2 || gen_random_uuid(), 'deep', 'update', 'looking', count(DISTINCT repository_id), 0, 0, $4
           FROM removed_tags WHERE run_id = $3 HAVING count(*) > 0 RETURNING id`,
        [registryId, `undo:${runId}:`, runId, by],
      );
      if (!made) return null;
      await sql.query(
        `INSERT INTO sync_batches (run_id, kind, listed, todo)
         SELECT $1, 'restoring', '{}', array_agg(full_name) FROM (
           SELECT p.full_name, (row_number() OVER (ORDER BY p.full_name) - 1) / 25 AS n FROM repositories p
            WHERE p.id IN (SELECT repository_id FROM removed_tags WHERE run_id = $2)) s GROUP BY n ORDER BY n`,
        [made.id, runId],
      );
      await also(sql);
      return made.id;
    });
  }

  /** The newest runs that compared the whole catalog: of either mode, and deep. */
  async compared(registryId: number): Promise<{ latest: RunView | null; deep: RunView | null }> {
    const newest = (mode: string) =>
      this.database.query<RunView & Record<string, unknown>>(
        `SELECT ${COLUMNS} FROM sync_runs r WHERE r.registry_id = $1 AND r.mode LIKE $2
            AND r.state IN ('done', 'held', 'waiting') AND r.slot NOT LIKE 'undo:%' ORDER BY r.id DESC LIMIT 1`,
        [registryId, mode],
      );
    const [[latest], [deep]] = await Promise.all([newest('%'), newest('deep')]);
    return { latest: latest ?? null, deep: deep ?? null };
  }
}
