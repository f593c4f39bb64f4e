import type { ItemState } from '#domain/deletion/deletion-item.entity.js';
import type { DeletionKind, DeletionState } from '#domain/deletion/deletion.entity.js';
import type { Database, Sql } from './database.js';
import type { Listed } from './listing.js';

export interface NewDeletion {
  kind: DeletionKind;
  name: string;
  namespaceId: number | null;
  slot: string | null;
  actorId: number | null;
  actor: string;
  moveShared: boolean;
}

export interface NewItem {
  registryId: number;
  fullName: string;
  tag: string | null;
  digest: string | null;
  because: string | null;
}

export interface DeletionRow extends Omit<NewDeletion, 'slot'> {
  id: number;
  state: DeletionState;
  outcome: string | null;
  createdAt: Date;
  finishedAt: Date | null;
  /** Items; those that are gone; and those that ended otherwise. */
  total: number;
  gone: number;
  failed: number;
}

export interface ClaimedDeletion {
  id: number;
  kind: DeletionKind;
  name: string;
  namespaceId: number | null;
  actorId: number | null;
  actor: string;
  moveShared: boolean;
  attempts: number;
}

export interface ItemRow extends NewItem {
  id: string;
  state: ItemState;
  reason: string | null;
}

const COLUMNS = `
  d.id, d.kind, d.name, d.namespace_id AS "namespaceId", d.actor_id AS "actorId", d.actor, d.move_shared AS "moveShared",
  d.state, d.outcome, d.created_at AS "createdAt", d.finished_at AS "finishedAt", i.total, i.gone, i.failed`;

const FROM = `
  FROM deletions d CROSS JOIN LATERAL (
    SELECT count(*)::int AS total, count(*) FILTER (WHERE state IN ('removed', 'absent'))::int AS gone,
           count(*) FILTER (WHERE state NOT IN ('waiting', 'removed', 'absent'))::int AS failed
      FROM deletion_items WHERE deletion_id = d.id) i`;

/** What is to be deleted at registries, and how far it is. */
export class DeletionsRepository {
  constructor(private readonly database: Database) {}

  /** Makes a deletion with its items. null: there is one of that slot already. */
  async create(sql: Sql, made: NewDeletion, items: readonly NewItem[]): Promise<number | null> {
    const [row] = await sql.query<{ id: number }>(
      `INSERT INTO deletions (kind, name, namespace_id, slot, actor_id, actor, move_shared)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (slot) DO NOTHING RETURNING id`,
      [made.kind, made.name, made.namespaceId, made.slot, made.actorId, made.actor, made.moveShared],
    );
    if (!row) return null;
    await this.addItems(sql, row.id, items);
    return row.id;
  }

  async addItems(sql: Sql, id: number, items: readonly NewItem[]): Promise<void> {
    const column = <T>(pick: (item: NewItem) => T): T[] => items.map(pick);
    await sql.query(
      `INSERT INTO deletion_items (deletion_id, registry_id, full_name, tag, digest, because)
       SELECT $1, i.* FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[]) i`,
      [
        id,
        column((item) => item.registryId),
        column((item) => item.fullName),
        column((item) => item.tag),
        column((item) => item.digest),
        column((item) => item.because),
      ],
    );
  }

  /** Takes the oldest open deletion that nobody is at; null when there is none. */
  async claim(holder: string, seconds: number): Promise<ClaimedDeletion | null> {
    const [row] = await this.database.query<ClaimedDeletion & Record<string, unknown>>(
      `UPDATE deletions SET state = 'running', holder = $1, expires_at = now() + make_interval(secs => $2)
        WHERE id = (SELECT id FROM deletions
                     WHERE state IN ('queued', 'running') AND (expires_at IS NULL OR expires_at < now())
                     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, name, namespace_id AS "namespaceId", actor_id AS "actorId", actor, move_shared AS "moveShared",
                 attempts`,
      [holder, seconds],
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

  async hasOpen(): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM deletions WHERE state IN ('queued', 'running') AND (expires_at IS NULL OR expires_at < now()) LIMIT 1`,
    );
    return rows.length > 0;
  }

  /** Items that wait, in their order. */
  async waiting(id: number, limit: number): Promise<ItemRow[]> {
    return this.database.query<ItemRow & Record<string, unknown>>(
      `SELECT id::text, registry_id AS "registryId", full_name AS "fullName", tag, digest, because, state, reason
         FROM deletion_items WHERE deletion_id = $1 AND state = 'waiting' ORDER BY id LIMIT $2`,
      [id, limit],
    );
  }

  async settle(itemId: string, state: ItemState, reason: string | null): Promise<void> {
    await this.database.query(`UPDATE deletion_items SET state = $2, reason = left($3, 1000) WHERE id = $1::bigint`, [
      itemId,
      state,
      reason,
    ]);
  }

  /** How many items are in each state. */
  async counts(id: number): Promise<Partial<Record<ItemState, number>>> {
    const rows = await this.database.query<{ state: ItemState; n: number }>(
      'SELECT state, count(*)::int AS n FROM deletion_items WHERE deletion_id = $1 GROUP BY state ORDER BY state',
      [id],
    );
    return Object.fromEntries(rows.map((row) => [row.state, row.n]));
  }

  async find(id: number): Promise<DeletionRow | null> {
    const [row] = await this.database.query<DeletionRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE d.id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** Newest first; of one person, or (null) all. */
  async page(actorId: number | null, skip: number, take: number): Promise<Listed<DeletionRow>> {
    const [{ total } = { total: 0 }] = await this.database.query<{ total: number }>(
      'SELECT count(*)::int AS total FROM deletions WHERE $1::int IS NULL OR actor_id = $1',
      [actorId],
    );
    const items = await this.database.query<DeletionRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE $1::int IS NULL OR d.actor_id = $1 ORDER BY d.id DESC LIMIT $2 OFFSET $3`,
      [actorId, take, skip],
    );
    return { items, total };
  }

  async items(id: number, skip: number, take: number): Promise<Listed<ItemRow>> {
    const [{ total } = { total: 0 }] = await this.database.query<{ total: number }>(
      'SELECT count(*)::int AS total FROM deletion_items WHERE deletion_id = $1',
      [id],
    );
    const items = await this.database.query<ItemRow & Record<string, unknown>>(
      `SELECT id::text, registry_id AS "registryId", full_name AS "fullName", tag, digest, because, state, reason
         FROM deletion_items WHERE deletion_id = $1 ORDER BY id LIMIT $2 OFFSET $3`,
      [id, take, skip],
    );
    return { items, total };
  }

  /** Where a repository belongs, for the audit log; nulls where it is not known any more. */
  async placeOf(registryId: number, fullName: string): Promise<{ namespaceId: number | null; teamId: number | null }> {
    const [row] = await this.database.query<{ namespaceId: number; teamId: number }>(
      `SELECT n.id AS "namespaceId", n.team_id AS "teamId" FROM repositories p JOIN namespaces n ON n.id = p.namespace_id
        WHERE p.registry_id = $1 AND p.full_name = $2`,
      [registryId, fullName],
    );
    return row ?? { namespaceId: null, teamId: null };
  }

  /** All repositories of a namespace, also those in which nothing is tagged. */
  async repositoriesOf(namespaceId: number): Promise<NewItem[]> {
    return this.database.query<NewItem & Record<string, unknown>>(
      `SELECT registry_id AS "registryId", full_name AS "fullName", NULL AS tag, NULL AS digest, NULL AS because
         FROM repositories WHERE namespace_id = $1 ORDER BY id`,
      [namespaceId],
    );
  }

  /**
   * Removes the row of a namespace that holds nothing any more. False when a tag is in it, also one that is being
   * written at this moment: its repository is locked first, and whoever writes a tag holds that.
   */
  async removeNamespace(id: number): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      await sql.query('SELECT 1 FROM namespaces WHERE id = $1 FOR UPDATE', [id]);
      await sql.query('SELECT 1 FROM repositories WHERE namespace_id = $1 FOR UPDATE', [id]);
      const rows = await sql.query(
        `DELETE FROM namespaces n WHERE n.id = $1 AND n.kind = 'team'
            AND NOT EXISTS (SELECT FROM tags g JOIN repositories p ON p.id = g.repository_id WHERE p.namespace_id = n.id)
         RETURNING 1`,
        [id],
      );
      return rows.length > 0;
    });
  }

  /** Deletes ended ones after the given days. */
  async purge(days: number, limit: number): Promise<void> {
    await this.database.query(
      `DELETE FROM deletions WHERE id IN (
         SELECT id FROM deletions WHERE finished_at < now() - make_interval(days => $1) ORDER BY id LIMIT $2)`,
      [days, limit],
    );
  }
}
