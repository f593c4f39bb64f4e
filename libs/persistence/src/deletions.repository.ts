import type { ItemState } from '#domain/deletion/deletion-item.entity.js';
import type { DeletionKind, DeletionState } from '#domain/deletion/deletion.entity.js';
import type { Database, Sql } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';

export interface NewDeletion {
  kind: DeletionKind;
  name: string;
  namespaceId: number | null;
  teamId: number | null;
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

export interface ItemRow extends NewItem {
  id: string;
  state: ItemState;
  reason: string | null;
}

const COLUMNS = `
  d.id, d.kind, d.name, d.namespace_id AS "namespaceId", d.team_id AS "teamId", d.actor_id AS "actorId", d.actor, d.move_shared AS "moveShared",
  d.state, d.outcome, d.created_at AS "createdAt", d.finished_at AS "finishedAt", i.total, i.gone, i.failed`;

const ROWS = `
  deletions d CROSS JOIN LATERAL (
    SELECT count(*)::int AS total, count(*) FILTER (WHERE state IN ('removed', 'absent'))::int AS gone,
           count(*) FILTER (WHERE state NOT IN ('waiting', 'removed', 'absent'))::int AS failed
      FROM deletion_items WHERE deletion_id = d.id) i`;
const FROM = `FROM ${ROWS}`;

/** What is to be deleted at registries, and how far it is. */
export class DeletionsRepository {
  constructor(private readonly database: Database) {}

  /** Makes a deletion with its items. null: there is one of that slot already. */
  async create(sql: Sql, made: NewDeletion, items: readonly NewItem[]): Promise<number | null> {
    const registries = new Set(items.map((item) => item.registryId));
    const id = await insert(sql, made, registries.size === 1 ? items[0]!.registryId : null);
    if (id !== null) await this.addItems(sql, id, items);
    return id;
  }

  /** Makes the deletion of a namespace: all repositories in it, also those in which nothing is tagged. */
  async createOfNamespace(sql: Sql, made: NewDeletion & { namespaceId: number }): Promise<number> {
    return createOfPlaces(sql, made, 'id = $1', made.namespaceId);
  }

  /** Makes the deletion of a team: all repositories in all of its namespaces, at whatever registries. */
  async createOfTeam(sql: Sql, made: NewDeletion & { teamId: number }): Promise<number> {
    return createOfPlaces(sql, made, 'team_id = $1', made.teamId);
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

  async find(id: number): Promise<DeletionRow | null> {
    const [row] = await this.database.query<DeletionRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} ${FROM} WHERE d.id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** Of one person, or (null) all. */
  async page(actorId: number | null, page: Page<'id'>): Promise<Listed<DeletionRow>> {
    const source = {
      from: 'deletions d',
      where: actorId === null ? '$1::int IS NULL' : 'd.actor_id = $1',
      values: [actorId],
      id: 'd.id',
      sorts: { id: { by: 'd.id', type: 'integer' } },
      columns: COLUMNS,
      rows: ROWS,
    } as const;
    return readPage(this.database, source, page);
  }

  async items(id: number, page: Page<'id'>): Promise<Listed<ItemRow>> {
    const source = {
      from: 'deletion_items i',
      where: 'i.deletion_id = $1',
      values: [id],
      id: 'i.id',
      idType: 'bigint',
      sorts: { id: { by: 'i.id', type: 'bigint' } },
      columns: `i.id::text, i.registry_id AS "registryId", i.full_name AS "fullName", i.tag, i.digest, i.because, i.state, i.reason`,
      rows: 'deletion_items i',
    } as const;
    return readPage(this.database, source, page);
  }

  /** Whether one of the kind has not ended yet, of a registry. */
  async isOpen(kind: DeletionKind, registryId: number): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM deletions WHERE state IN ('queued', 'running') AND kind = $1 AND registry_id = $2 LIMIT 1`,
      [kind, registryId],
    );
    return rows.length > 0;
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

/** @param which of the namespaces, by `$1` */
async function createOfPlaces(sql: Sql, made: NewDeletion, which: string, of: number): Promise<number> {
  const registries = await sql.query<{ id: number }>(
    `SELECT DISTINCT registry_id AS id FROM namespaces WHERE ${which} LIMIT 2`,
    [of],
  );
  const id = await insert(sql, made, registries.length === 1 ? registries[0]!.id : null);
  await sql.query(
    `INSERT INTO deletion_items (deletion_id, registry_id, full_name)
     SELECT $2, registry_id, full_name FROM repositories
      WHERE namespace_id IN (SELECT id FROM namespaces WHERE ${which}) ORDER BY id`,
    [of, id],
  );
  return id!;
}

async function insert(sql: Sql, made: NewDeletion, registryId: number | null): Promise<number | null> {
  const by = [made.actorId, made.actor];
  const [row] = await sql.query<{ id: number }>(
    `INSERT INTO deletions (kind, name, namespace_id, team_id, registry_id, slot, actor_id, actor, move_shared)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (slot) DO NOTHING RETURNING id`,
    [made.kind, made.name, made.namespaceId, made.teamId, registryId, made.slot, ...by, made.moveShared],
  );
  return row?.id ?? null;
}
