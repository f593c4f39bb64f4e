import type { RetainedTag } from '#domain/retention/plan-retention.js';
import type { Database } from './database.js';

/** A repository whose tags retention looks at. */
export interface RetainedRepository {
  id: number;
  registryId: number;
  namespaceId: number;
  fullName: string;
  tagsCount: number;
}

const TAGS = `
  SELECT g.repository_id AS "repositoryId", g.name, f.digest, g.updated_at AS "pushedAt", g.pulled_at AS "pulledAt",
         coalesce((SELECT array_agg(c.digest) FROM manifest_children c WHERE c.parent_id = f.id), '{}') AS children
    FROM tags g JOIN manifests f ON f.id = g.manifest_id
   WHERE g.absent_since IS NULL AND`;

/** As `newestFirst` orders, which knows milliseconds. */
const PUSHED = `date_trunc('milliseconds', g.updated_at)`;

type Row = RetainedTag & { repositoryId: number };

/** What retention looks at. Tags that a sync missed are left to it. */
export class RetainedTagsRepository {
  constructor(private readonly database: Database) {}

  /** Registries that hold tags. */
  async registries(): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>(
      `SELECT id FROM registries r WHERE EXISTS (SELECT FROM repositories p WHERE p.registry_id = r.id AND p.tags_count > 0)
        ORDER BY id LIMIT 1000`,
    );
    return rows.map((row) => row.id);
  }

  /** Repositories that hold tags, from an id on: of one namespace, of one registry, or (null) all. */
  async repositories(
    of: { namespaceId: number | null; registryId: number | null },
    from: number,
    limit: number,
  ): Promise<RetainedRepository[]> {
    return this.database.query<RetainedRepository & Record<string, unknown>>(
      `SELECT id, registry_id AS "registryId", namespace_id AS "namespaceId", full_name AS "fullName",
              tags_count AS "tagsCount" FROM repositories
        WHERE id >= $3 AND tags_count > 0 AND ($1::int IS NULL OR namespace_id = $1)
          AND ($2::int IS NULL OR registry_id = $2) ORDER BY id LIMIT $4`,
      [of.namespaceId, of.registryId, from, limit],
    );
  }

  /** All tags of small repositories, in the order of these. */
  async of(repositoryIds: readonly number[]): Promise<RetainedTag[][]> {
    const rows = await this.read(`${TAGS} g.repository_id = ANY($1::int[]) ORDER BY g.name`, [repositoryIds]);
    const found = new Map(repositoryIds.map((id) => [id, [] as RetainedTag[]]));
    for (const { repositoryId, ...tag } of rows) found.get(repositoryId)!.push(tag);
    return [...found.values()];
  }

  /** Tags of one repository behind a name, in byte order. */
  async behind(repositoryId: number, name: string, limit: number): Promise<RetainedTag[]> {
    return this.read(`${TAGS} g.repository_id = $1 AND g.name COLLATE "C" > $2 ORDER BY g.name COLLATE "C" LIMIT $3`, [
      repositoryId,
      name,
      limit,
    ]);
  }

  /** Tags of one repository, the newest first, behind one of them; null: from the newest on. */
  async newest(repositoryId: number, last: RetainedTag | null, limit: number): Promise<RetainedTag[]> {
    return this.read(
      `${TAGS} g.repository_id = $1
          AND ($2::timestamptz IS NULL OR (${PUSHED}, g.name COLLATE "C") < ($2::timestamptz, $3 COLLATE "C"))
        ORDER BY ${PUSHED} DESC, g.name COLLATE "C" DESC LIMIT $4`,
      [repositoryId, last?.pushedAt ?? null, last?.name ?? '', limit],
    );
  }

  /** Tags of one repository with any of these digests, or of an index that lists one, behind a name in byte order. */
  async with(repositoryId: number, digests: readonly string[], name: string, limit: number): Promise<RetainedTag[]> {
    return this.read(
      `${TAGS} g.repository_id = $1 AND g.name COLLATE "C" > $3
          AND (f.digest = ANY($2::text[]) OR EXISTS (
                SELECT FROM manifest_children c WHERE c.parent_id = f.id AND c.digest = ANY($2::text[])))
        ORDER BY g.name COLLATE "C" LIMIT $4`,
      [repositoryId, digests, name, limit],
    );
  }

  private async read(statement: string, values: unknown[]): Promise<Row[]> {
    return this.database.query<Row & Record<string, unknown>>(statement, values);
  }
}
