import { storable } from '#domain/manifest/storable.js';
import type { Difference } from '#domain/sync/differences.js';
import type { Database, Sql } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';

export interface DifferenceRow extends Difference {
  id: string;
  runId: number;
  foundAt: Date;
}

/** Differences that are still so. */
export interface Found extends Listed<DifferenceRow> {
  /** Of all of them, those that count against equality. */
  counting: number;
  /** Open ones that were not written down. */
  unrecorded: number;
}

/** Characters of a name or a reason. */
const MAX_SHOWN = 500;

const COLUMNS = `d.id::text, d.run_id AS "runId", d.repository, d.tag, d.kind, d.state, d.stored_digest AS "storedDigest",
                 d.registry_digest AS "registryDigest", d.reason, d.found_at AS "foundAt"`;

/**
 * Of the newest finished run of the registry what is still so, and of the newest deep one also the digests. What was
 * repaired since, by whatever, differs no more.
 */
const DRIFT = `
  FROM sync_differences d
  LEFT JOIN repositories p ON p.registry_id = $1 AND p.full_name = d.repository
  LEFT JOIN tags g ON g.repository_id = p.id AND g.name = d.tag
  LEFT JOIN manifests m ON m.id = g.manifest_id
 WHERE d.state IN ('open', 'planned')
   AND (d.run_id = $2 OR (d.run_id = $3 AND d.kind IN ('other_digest', 'unreadable')))
   AND CASE d.kind WHEN 'not_stored' THEN m.digest IS DISTINCT FROM d.registry_digest
                   WHEN 'other_digest' THEN m.digest IS NOT DISTINCT FROM d.stored_digest
                   WHEN 'not_in_registry' THEN g.id IS NOT NULL AND m.digest = d.stored_digest AND g.updated_at <= d.found_at
                   ELSE true END`;

/** What runs found to differ. */
export class SyncDifferencesRepository {
  constructor(private readonly database: Database) {}

  /** What one run found, in the order in which it found it. */
  async ofRun(runId: number, page: Page<'id'>): Promise<Listed<DifferenceRow>> {
    const source = {
      from: 'sync_differences d',
      where: 'd.run_id = $1',
      values: [runId],
      id: 'd.id',
      idType: 'bigint',
      sorts: { id: { by: 'd.id', type: 'bigint' } },
      columns: COLUMNS,
      rows: 'sync_differences d',
    } as const;
    return readPage(this.database, source, page);
  }

  /** The first of what a run's plan would remove, or has removed. */
  async plan(runId: number, limit: number): Promise<DifferenceRow[]> {
    return this.database.query<DifferenceRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM sync_differences d
        WHERE d.run_id = $1 AND d.state IN ('planned', 'removed') ORDER BY d.id LIMIT $2`,
      [runId, limit],
    );
  }

  /** What of the findings of two runs (which may be the same) is still so. */
  async drift(registryId: number, runs: { latest: number; deep: number }, skip: number, take: number): Promise<Found> {
    const values = [registryId, runs.latest, runs.deep];
    const [counted] = await this.database.query<{ total: number; counting: number }>(
      `SELECT count(*)::int AS total, count(*) FILTER (WHERE d.kind <> 'unreadable')::int AS counting ${DRIFT}`,
      values,
    );
    const items = await this.database.query<DifferenceRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${DRIFT} ORDER BY d.repository, d.tag NULLS FIRST, d.id LIMIT $4 OFFSET $5`,
      [...values, take, skip],
    );
    const unrecorded = await this.unrecorded([runs.latest, runs.deep]);
    return { items, total: counted?.total ?? 0, counting: counted?.counting ?? 0, unrecorded };
  }

  /** Of the differences that runs left open, those that were counted and not written down: nobody knows if they are gone. */
  private async unrecorded(runIds: readonly number[]): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `SELECT coalesce(sum(greatest(0, r.open - (
                SELECT count(*) FROM sync_differences d
                 WHERE d.run_id = r.id AND d.state IN ('open', 'planned') AND d.kind <> 'unreadable'))), 0)::int AS n
         FROM sync_runs r WHERE r.id = ANY($1::int[])`,
      [runIds],
    );
    return row?.n ?? 0;
  }

  /** Forgets what runs found beyond the newest `keep` of each registry that found anything. */
  async purge(keep: number): Promise<void> {
    await this.database.query(
      `DELETE FROM sync_differences WHERE run_id IN (
         SELECT id FROM (SELECT id, state, row_number() OVER (PARTITION BY registry_id, mode ORDER BY id DESC) AS n
                           FROM sync_runs WHERE recorded > 0) s
          WHERE n > $1 AND state NOT IN ('queued', 'running', 'waiting'))`,
      [keep],
    );
  }
}

/** Part of the transaction that ends a batch. */
export async function insertDifferences(sql: Sql, runId: number, differences: readonly Difference[]): Promise<void> {
  const column = <T>(pick: (one: Difference) => T) => differences.map(pick);
  await sql.query(
    `INSERT INTO sync_differences (run_id, repository, tag, kind, state, stored_digest, registry_digest, reason)
     SELECT $1, d.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) d`,
    [
      runId,
      column((one) => shown(one.repository)),
      column((one) => (one.tag === null ? null : shown(one.tag))),
      column((one) => one.kind),
      column((one) => one.state),
      column((one) => one.storedDigest),
      column((one) => one.registryDigest),
      column((one) => shown(one.reason)),
    ],
  );
}

/**
 * Notes which planned removals of repositories were carried out, as the transactions that did it say, each once. Returns
 * how many are new. Part of the transaction that ends a batch.
 */
export async function noteRemovals(sql: Sql, runId: number, repositories: readonly string[]): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    `WITH gone AS (
       UPDATE removed_tags g SET counted = true FROM repositories p, sync_runs r
        WHERE g.run_id = $1 AND NOT g.counted AND p.id = g.repository_id AND p.full_name = ANY($2)
          AND r.id = g.run_id AND p.registry_id = r.registry_id
       RETURNING p.full_name, g.name),
     noted AS (
       UPDATE sync_differences d SET state = 'removed' FROM gone
        WHERE d.run_id = $1 AND d.repository = gone.full_name AND d.tag = gone.name AND d.state = 'planned')
     SELECT count(*)::int AS n FROM gone`,
    [runId, repositories],
  );
  return row?.n ?? 0;
}

/** Names and reasons come from a registry, and may be anything. */
const shown = (text: string): string => storable(text).slice(0, MAX_SHOWN);
