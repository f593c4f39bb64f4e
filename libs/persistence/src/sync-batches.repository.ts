import type { Difference } from '#domain/sync/differences.js';
import type { BatchKind } from '#domain/sync/sync-batch.entity.js';
import type { Database, Sql } from './database.js';
import { insertDifferences, noteRemovals } from './sync-differences.repository.js';

export interface Batch {
  id: string;
  runId: number;
  kind: BatchKind;
  todo: string[];
  /** By repository: the planned removals, and no others may be carried out. */
  tags: Record<string, string[]> | null;
}

/** What a worker found while it worked a batch off. */
export interface BatchResult {
  failed: string[];
  changes: Record<string, number>;
  /** Tags that may be removed, if the whole plan may. */
  planned: { repository: string; tags: string[] }[];
  /** How many more (or fewer) differences are open now. */
  open: number;
  differences: Difference[];
}

/** Names that one worker takes at once. */
const SIZE = 25;
/** Repositories that a deep run looks at first, because they changed last. */
const RECENT = 1_000;
/** Differences that one run writes down; their number is exact all the same. */
const MAX_RECORDED = 10_000;

/** The work of a run, in pieces that any worker may take. A worker that dies gives its piece back after its lease. */
export class SyncBatchesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Begins a run, once: notes what is known, and for a deep one puts those first that changed since their digests were
   * last compared, the latest first. Returns these, also when it was begun before.
   */
  async begin(runId: number, registryId: number, deep: boolean): Promise<Set<string>> {
    await this.database.transaction(async (sql) => {
      const fresh = await sql.query(
        `UPDATE sync_runs SET known_repositories = k.n, known_tags = k.tags
           FROM (SELECT count(*)::int AS n, coalesce(sum(tags_count), 0)::int AS tags
                   FROM repositories WHERE registry_id = $2 AND tags_count > 0) k
          WHERE id = $1 AND known_repositories IS NULL RETURNING 1`,
        [runId, registryId],
      );
      if (fresh.length === 0 || !deep) return;
      await sql.query(
        `INSERT INTO sync_batches (run_id, kind, listed, todo)
         SELECT $1, 'recent', array_agg(full_name), array_agg(full_name) FROM (
           SELECT full_name, (row_number() OVER (ORDER BY updated_at DESC) - 1) / $3::int AS n FROM repositories
            WHERE registry_id = $2 AND tags_count > 0 AND updated_at > coalesce(digests_equal_at, '-infinity')
            ORDER BY updated_at DESC LIMIT $4) r GROUP BY n ORDER BY n`,
        [runId, registryId, SIZE, RECENT],
      );
    });
    const rows = await this.database.query<{ name: string }>(
      `SELECT unnest(listed) AS name FROM sync_batches WHERE run_id = $1 AND kind = 'recent'`,
      [runId],
    );
    return new Set(rows.map((row) => row.name));
  }

  /** Stores a page of the catalog and where the next one begins. False when the run is no longer the holder's. */
  async addPage(
    run: { id: number; holder: string },
    page: { names: string[]; skip: ReadonlySet<string>; cursor: string | null; illegal: Difference[] },
  ): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const ours = await sql.query(
        `UPDATE sync_runs SET listed = listed + $3, cursor = $4, open = open + $5 WHERE id = $1 AND holder = $2
            AND state = 'running' RETURNING 1`,
        [run.id, run.holder, page.names.length, page.cursor, page.illegal.length],
      );
      if (ours.length === 0) return false;
      for (let i = 0; i < page.names.length; i += SIZE) {
        const listed = page.names.slice(i, i + SIZE);
        const todo = listed.filter((name) => !page.skip.has(name));
        await sql.query(
          `INSERT INTO sync_batches (run_id, kind, listed, todo, state)
           VALUES ($1, 'listed', $2, $3, CASE WHEN cardinality($3::text[]) > 0 THEN 'waiting' ELSE 'done' END)`,
          [run.id, listed, todo],
        );
      }
      await record(sql, run.id, page.illegal);
      return true;
    });
  }

  /**
   * The listing is complete: what is stored and not listed becomes work too, unless it was looked at first. False as of
   * {@link addPage}.
   */
  async endListing(run: { id: number; holder: string; registryId: number }): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const ours = await sql.query(
        `UPDATE sync_runs SET stage = 'looking', cursor = NULL
          WHERE id = $1 AND holder = $2 AND state = 'running' AND stage = 'listing' RETURNING 1`,
        [run.id, run.holder],
      );
      if (ours.length === 0) return false;
      await sql.query(
        `WITH named AS MATERIALIZED (SELECT unnest(listed) AS name, kind FROM sync_batches WHERE run_id = $1),
         missing AS (
           SELECT r.full_name, EXISTS (SELECT FROM named l WHERE l.kind = 'recent' AND l.name = r.full_name) AS recent
             FROM repositories r
            WHERE r.registry_id = $2 AND r.tags_count > 0
              AND NOT EXISTS (SELECT FROM named l WHERE l.kind = 'listed' AND l.name = r.full_name)),
         made AS (
           INSERT INTO sync_batches (run_id, kind, listed, todo)
           SELECT $1, 'missing', '{}', array_agg(full_name) FROM (
             SELECT full_name, (row_number() OVER (ORDER BY full_name) - 1) / $3::int AS n FROM missing WHERE NOT recent) m
            GROUP BY n ORDER BY n)
         UPDATE sync_runs SET missing = (SELECT count(*) FROM missing) WHERE id = $1`,
        [run.id, run.registryId, SIZE],
      );
      return true;
    });
  }

  /** Takes the oldest batch that nobody works on: of one run, or of any. */
  async claim(holder: string, seconds: number, runId: number | null): Promise<Batch | null> {
    const [batch] = await this.database.query<Batch & Record<string, unknown>>(
      `UPDATE sync_batches SET state = 'claimed', holder = $1, expires_at = now() + make_interval(secs => $2)
        WHERE id = (
          SELECT b.id FROM sync_batches b JOIN sync_runs r ON r.id = b.run_id AND r.state = 'running'
           WHERE b.state IN ('waiting', 'claimed') AND (b.state = 'waiting' OR b.expires_at < now())
             AND ($3::int IS NULL OR b.run_id = $3)
           ORDER BY b.run_id, b.id LIMIT 1 FOR UPDATE OF b SKIP LOCKED)
       RETURNING id::text, run_id AS "runId", kind, todo, tags`,
      [holder, seconds, runId],
    );
    return batch ?? null;
  }

  /** Keeps all batches of a worker. Returns the ids of those that are still its own: the run may have been cancelled. */
  async renew(holder: string, seconds: number): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      `UPDATE sync_batches b SET expires_at = now() + make_interval(secs => $2)
         FROM sync_runs r WHERE r.id = b.run_id AND r.state IN ('queued', 'running')
          AND b.holder = $1 AND b.state = 'claimed' RETURNING b.id::text`,
      [holder, seconds],
    );
    return new Set(rows.map((row) => row.id));
  }

  /** Gives all batches of a worker back, to be begun again by another. */
  async release(holder: string): Promise<void> {
    await this.database.query(
      `UPDATE sync_batches SET state = 'waiting', holder = NULL, expires_at = NULL WHERE holder = $1 AND state = 'claimed'`,
      [holder],
    );
  }

  /** Ends a batch and adds what it found to its run, unless the batch was taken over meanwhile. */
  async complete(batch: Batch, holder: string, result: BatchResult): Promise<void> {
    await this.database.transaction(async (sql) => {
      // The run first, as whoever ends or cancels it does: two that lock in different orders wait for each other.
      await sql.query('SELECT FROM sync_runs WHERE id = $1 FOR NO KEY UPDATE', [batch.runId]);
      const ours = await sql.query(
        `UPDATE sync_batches SET state = CASE WHEN cardinality($3::text[]) > 0 THEN 'failed' ELSE 'done' END, todo = $3,
                                 holder = NULL, expires_at = NULL
          WHERE id = $1 AND holder = $2 AND state = 'claimed' RETURNING 1`,
        [batch.id, holder, result.failed],
      );
      if (ours.length === 0) return;
      await hold(sql, batch.runId, result.planned);
      const removed = batch.kind === 'removing' ? await noteRemovals(sql, batch.runId, batch.todo) : 0;
      await count(sql, batch, result, removed);
      await record(sql, batch.runId, result.differences);
    });
  }

  /** How many batches are still to be worked off, by whomever. */
  async left(runId: number): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM sync_batches WHERE run_id = $1 AND state IN ('waiting', 'claimed')`,
      [runId],
    );
    return row?.n ?? 0;
  }

  /** The oldest running run, but for those given, of which a batch waits for a worker. */
  async waitingRun(except: readonly number[]): Promise<number | null> {
    const [row] = await this.database.query<{ id: number }>(
      `SELECT r.id FROM sync_runs r
        WHERE r.state = 'running' AND r.id <> ALL($1::int[])
          AND EXISTS (SELECT FROM sync_batches b WHERE b.run_id = r.id AND b.state IN ('waiting', 'claimed')
                         AND (b.state = 'waiting' OR b.expires_at < now()))
        ORDER BY r.id LIMIT 1`,
      [except],
    );
    return row?.id ?? null;
  }

  /** The plan may be carried out: what was held becomes work. */
  async beginRemoving(runId: number, holder: string): Promise<void> {
    await this.database.query(
      `WITH ours AS (UPDATE sync_runs SET stage = 'removing' WHERE id = $1 AND holder = $2 RETURNING id)
       UPDATE sync_batches b SET state = 'waiting' FROM ours WHERE b.run_id = ours.id AND b.kind = 'removing' AND b.state = 'held'`,
      [runId, holder],
    );
  }
}

/** What is planned waits until the whole plan is known, and may go. */
async function hold(sql: Sql, runId: number, planned: BatchResult['planned']): Promise<void> {
  if (planned.length === 0) return;
  const tags = Object.fromEntries(planned.map((one) => [one.repository, one.tags]));
  await sql.query(
    `INSERT INTO sync_batches (run_id, kind, listed, todo, tags, state) VALUES ($1, 'removing', '{}', $2, $3::jsonb, 'held')`,
    [runId, Object.keys(tags), JSON.stringify(tags)],
  );
}

async function count(sql: Sql, batch: Batch, result: BatchResult, removed: number): Promise<void> {
  // Asking a second time before removing is no further progress of the pass.
  const planned = result.planned.reduce((sum, { tags }) => sum + tags.length, 0);
  const done = batch.kind === 'removing' ? 0 : batch.todo.length;
  const changes = {
    ...result.changes,
    ...(removed > 0 ? { removed: (result.changes['removed'] ?? 0) + removed } : {}),
  };
  await sql.query(
    `UPDATE sync_runs r SET done = done + $2, failed = failed + $3, planned = planned + $4, open = greatest(0, open + $5),
            changes = (SELECT coalesce(jsonb_object_agg(key, n), '{}') FROM (
              SELECT key, sum(value::int) AS n FROM (
                SELECT * FROM jsonb_each_text(r.changes) UNION ALL SELECT * FROM jsonb_each_text($6)) c GROUP BY key) s)
      WHERE id = $1`,
    [batch.runId, done, result.failed.length, planned, result.open - removed, JSON.stringify(changes)],
  );
}

async function record(sql: Sql, runId: number, differences: readonly Difference[]): Promise<void> {
  if (differences.length === 0) return;
  const [run] = await sql.query<{ room: number }>(
    `SELECT ${MAX_RECORDED} - recorded AS room FROM sync_runs WHERE id = $1`,
    [runId],
  );
  const kept = differences.slice(0, Math.max(0, run?.room ?? 0));
  if (kept.length === 0) return;
  await insertDifferences(sql, runId, kept);
  await sql.query('UPDATE sync_runs SET recorded = recorded + $2 WHERE id = $1', [runId, kept.length]);
}
