import type { ItemState } from '#domain/deletion/deletion-item.entity.js';
import type { DeletionKind, DeletionState } from '#domain/deletion/deletion.entity.js';
import type { Database, Sql } from './database.js';
import type { ItemRow } from './deletions.repository.js';

export interface ClaimedDeletion {
  id: number;
  kind: DeletionKind;
  name: string;
  namespaceId: number | null;
  teamId: number | null;
  actorId: number | null;
  actor: string;
  moveShared: boolean;
  attempts: number;
}

export interface WaitingItem extends ItemRow {
  /** It was at least tried before: that it is absent now is our own doing. */
  begun: boolean;
}

/** Deletions in the hands of workers. */
export class DeletionWorkRepository {
  constructor(private readonly database: Database) {}

  /** Registries that have open deletions which nobody is at; null: there are some of several registries each. */
  async registriesWaiting(): Promise<(number | null)[]> {
    const rows = await this.database.query<{ id: number | null }>(
      `SELECT DISTINCT registry_id AS id FROM deletions
        WHERE state IN ('queued', 'running') AND (expires_at IS NULL OR expires_at < now()) LIMIT 1000`,
    );
    return rows.map((row) => row.id);
  }

  /** Takes the oldest open deletion of a registry that nobody is at; null when there is none. */
  async claim(registryId: number | null, holder: string, seconds: number): Promise<ClaimedDeletion | null> {
    const [row] = await this.database.query<ClaimedDeletion & Record<string, unknown>>(
      `UPDATE deletions SET state = 'running', holder = $1, expires_at = now() + make_interval(secs => $2)
        WHERE id = (SELECT id FROM deletions
                     WHERE state IN ('queued', 'running') AND (expires_at IS NULL OR expires_at < now())
                       AND registry_id IS NOT DISTINCT FROM $3::int
                     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, name, namespace_id AS "namespaceId", team_id AS "teamId", actor_id AS "actorId", actor,
                 move_shared AS "moveShared", attempts`,
      [holder, seconds, registryId],
    );
    return row ?? null;
  }

  /** Keeps it ours; false when it was taken over. */
  async renew(id: number, holder: string, seconds: number): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE deletions SET expires_at = now() + make_interval(secs => $3)
        WHERE id = $1 AND holder = $2 AND state = 'running' RETURNING 1`,
      [id, holder, seconds],
    );
    return rows.length > 0;
  }

  /** Puts it back, to be taken again after some seconds. */
  async giveBack(id: number, holder: string, outcome: string, seconds: number, counts: boolean): Promise<void> {
    await this.database.query(
      `UPDATE deletions SET state = 'queued', holder = NULL, outcome = left($3, 2000),
                            expires_at = now() + make_interval(secs => $4), attempts = attempts + $5::int
        WHERE id = $1 AND holder = $2`,
      [id, holder, outcome, seconds, counts ? 1 : 0],
    );
  }

  async finish(id: number, holder: string, state: DeletionState, outcome: string): Promise<void> {
    await this.database.query(
      `UPDATE deletions SET state = $3, outcome = left($4, 2000), holder = NULL, expires_at = NULL, finished_at = now()
        WHERE id = $1 AND holder = $2`,
      [id, holder, state, outcome],
    );
  }

  /** Items that wait, in their order. */
  async waiting(id: number, limit: number): Promise<WaitingItem[]> {
    return this.database.query<WaitingItem & Record<string, unknown>>(
      `SELECT id::text, registry_id AS "registryId", full_name AS "fullName", tag, digest, because, state, reason, begun
         FROM deletion_items WHERE deletion_id = $1 AND state = 'waiting' ORDER BY id LIMIT $2`,
      [id, limit],
    );
  }

  /** Notes that something is about to be asked of the registry: it may be done, and we may never hear of it. */
  async begin(itemId: string): Promise<void> {
    await this.database.query('UPDATE deletion_items SET begun = true WHERE id = $1::bigint', [itemId]);
  }

  /** Notes what became of an item, once; `also` is written with it, or neither is. */
  async settle(
    itemId: string,
    state: ItemState,
    reason: string | null,
    also: (sql: Sql) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (sql) => {
      const settled = await sql.query(
        `UPDATE deletion_items SET state = $2, reason = left($3, 1000) WHERE id = $1::bigint AND state = 'waiting' RETURNING 1`,
        [itemId, state, reason],
      );
      if (settled.length > 0) await also(sql);
    });
  }

  /** How many items are in each state. */
  async counts(id: number): Promise<Partial<Record<ItemState, number>>> {
    const rows = await this.database.query<{ state: ItemState; n: number }>(
      'SELECT state, count(*)::int AS n FROM deletion_items WHERE deletion_id = $1 GROUP BY state ORDER BY state',
      [id],
    );
    return Object.fromEntries(rows.map((row) => [row.state, row.n]));
  }

  /** Where a repository belongs, for the audit log; nulls where it is not known any more. */
  async placeOf(
    registryId: number,
    fullName: string,
    sql: Sql,
  ): Promise<{ namespaceId: number | null; teamId: number | null }> {
    const [row] = await sql.query<{ namespaceId: number; teamId: number }>(
      `SELECT n.id AS "namespaceId", n.team_id AS "teamId" FROM repositories p JOIN namespaces n ON n.id = p.namespace_id
        WHERE p.registry_id = $1 AND p.full_name = $2`,
      [registryId, fullName],
    );
    return row ?? { namespaceId: null, teamId: null };
  }

  /**
   * Removes the row of a namespace that holds nothing any more; true also when it is gone already. False when a tag is in
   * it, also one that is being written at this moment: its repository is locked first, and whoever writes a tag holds
   * that. In the order of the ids, as those do.
   */
  async removeNamespace(id: number): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const known = await sql.query('SELECT 1 FROM namespaces WHERE id = $1 FOR UPDATE', [id]);
      if (known.length === 0) return true;
      await sql.query('SELECT 1 FROM repositories WHERE namespace_id = $1 ORDER BY id FOR UPDATE', [id]);
      const rows = await sql.query(
        `DELETE FROM namespaces n WHERE n.id = $1 AND n.kind = 'team'
            AND NOT EXISTS (SELECT FROM tags g JOIN repositories p ON p.id = g.repository_id WHERE p.namespace_id = n.id)
         RETURNING 1`,
        [id],
      );
      return rows.length > 0;
    });
  }

  /**
   * Removes the row of a team with its namespaces, each as {@link removeNamespace}; true also when it is gone already.
   * False when something is in one of them, or when it got another one meanwhile.
   */
  async removeTeam(id: number): Promise<boolean> {
    const namespaces = await this.database.query<{ id: number }>(
      'SELECT id FROM namespaces WHERE team_id = $1 ORDER BY id',
      [id],
    );
    for (const namespace of namespaces) if (!(await this.removeNamespace(namespace.id))) return false;
    return this.database.transaction(async (sql) => {
      const known = await sql.query('SELECT 1 FROM teams WHERE id = $1 FOR UPDATE', [id]);
      if (known.length === 0) return true;
      const rows = await sql.query(
        `DELETE FROM teams t WHERE t.id = $1 AND NOT t.hidden
            AND NOT EXISTS (SELECT FROM namespaces n WHERE n.team_id = t.id) RETURNING 1`,
        [id],
      );
      return rows.length > 0;
    });
  }
}
