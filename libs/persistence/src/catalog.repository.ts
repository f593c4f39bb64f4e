import type { LocalTag } from '#domain/sync/plan-sync.js';
import type { Database } from './database.js';

export interface LocalRepository {
  /** null: not known yet. */
  id: number | null;
  tags: LocalTag[];
  /** Digests whose manifests are stored. */
  manifests: Set<string>;
}

/** The stored picture of what a registry holds; written by `applyChange`, under the repository's lease. */
export class CatalogRepository {
  constructor(private readonly database: Database) {}

  /** The stored tags of one repository: all of them, or those named and those that have one of the digests. */
  async load(
    registryId: number,
    fullName: string,
    only: { names: string[]; digests: string[] } | null,
  ): Promise<LocalRepository> {
    const [repository] = await this.database.query<{ id: number }>(
      'SELECT id FROM repositories WHERE registry_id = $1 AND full_name = $2',
      [registryId, fullName],
    );
    if (!repository) return { id: null, tags: [], manifests: new Set() };
    const filter = only ? 'AND (t.name = ANY($2) OR m.digest = ANY($3))' : '';
    const values = only ? [repository.id, only.names, only.digests] : [repository.id];
    const tags = await this.database.query<{ name: string; digest: string; absentSince: Date | null }>(
      `SELECT t.name, m.digest, t.absent_since AS "absentSince"
         FROM tags t JOIN manifests m ON m.id = t.manifest_id WHERE t.repository_id = $1 ${filter}`,
      values,
    );
    return { id: repository.id, tags, manifests: new Set(tags.map((tag) => tag.digest)) };
  }

  /** Which of the digests are stored as manifests of the repository, with their sizes in bytes. */
  async storedManifests(repositoryId: number | null, digests: readonly string[]): Promise<Map<string, number>> {
    if (repositoryId === null || digests.length === 0) return new Map();
    const rows = await this.database.query<{ digest: string; size: string }>(
      'SELECT digest, size::text FROM manifests WHERE repository_id = $1 AND digest = ANY($2) AND gone_at IS NULL',
      [repositoryId, digests],
    );
    return new Map(rows.map((row) => [row.digest, Number(row.size)]));
  }

  /** Repositories of the registry that hold tags, after the given name, in byte order. */
  async page(
    registryId: number,
    after: string,
    limit: number,
  ): Promise<{ id: number; fullName: string; tagsCount: number }[]> {
    return this.database.query(
      `SELECT id, full_name AS "fullName", tags_count AS "tagsCount" FROM repositories
        WHERE registry_id = $1 AND full_name > $2 AND tags_count > 0 ORDER BY full_name LIMIT $3`,
      [registryId, after, limit],
    );
  }

  /** How many repositories and tags of the registry are stored. */
  async count(registryId: number): Promise<{ repositories: number; tags: number }> {
    const [row] = await this.database.query<{ repositories: number; tags: number }>(
      `SELECT count(*)::int AS repositories, coalesce(sum(tags_count), 0)::int AS tags
         FROM repositories WHERE registry_id = $1 AND tags_count > 0`,
      [registryId],
    );
    return row ?? { repositories: 0, tags: 0 };
  }
}
