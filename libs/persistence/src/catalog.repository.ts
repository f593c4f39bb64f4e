import { createHash } from 'node:crypto';
import type { LocalTag } from '#domain/sync/plan-sync.js';
import type { Database } from './database.js';
import type { RepositoryKey } from './lease.repository.js';

export interface LocalRepository {
  /** null: not known yet. */
  id: number | null;
  tags: LocalTag[];
}

/** Tells, without the tags themselves, whether a list of names is the stored one. */
export interface StoredNames {
  id: number;
  /** As {@link hashNames} makes it. */
  hash: string;
  /** Stored tags that were seen absent. */
  absent: number;
}

/** A name that is listed, or stored, or both. */
export interface ComparedName {
  name: string;
  listed: boolean;
  /** null: it is not stored. */
  digest: string | null;
  absentSince: Date | null;
}

/** Of the names of a repository's tags, in any order: equal for equal sets. Its twin is in STORED_NAMES. */
export function hashNames(names: Iterable<string>): string {
  return createHash('sha256')
    .update([...names].sort().join(' '))
    .digest('hex');
}

const STORED_NAMES = `
  SELECT w.n, r.id, t.hash, t.absent
    FROM unnest($1::int[], $2::text[]) WITH ORDINALITY AS w(registry_id, full_name, n)
    JOIN repositories r ON r.registry_id = w.registry_id AND r.full_name = w.full_name
   CROSS JOIN LATERAL (
     SELECT encode(sha256(convert_to(coalesce(string_agg(name, ' ' ORDER BY name COLLATE "C"), ''), 'UTF8')), 'hex') AS hash,
            count(absent_since)::int AS absent
       FROM tags WHERE repository_id = r.id) t`;

const NAMED_TAGS = `
  SELECT w.n, t.name, m.digest, t.absent_since AS "absentSince"
    FROM unnest($1::bigint[], $2::int[], $3::text[]) AS w(n, id, name)
    JOIN tags t ON t.repository_id = w.id AND t.name = w.name JOIN manifests m ON m.id = t.manifest_id
  UNION
  SELECT w.n, t.name, m.digest, t.absent_since
    FROM unnest($4::bigint[], $5::int[], $6::text[]) AS w(n, id, digest)
    JOIN manifests m ON m.repository_id = w.id AND m.digest = w.digest JOIN tags t ON t.manifest_id = m.id`;

const COMPARED_NAMES = `
  SELECT c.name, c.listed, m.digest, c.absent_since AS "absentSince"
    FROM (SELECT coalesce(w.name, t.name) AS name, w.name IS NOT NULL AS listed, t.manifest_id, t.absent_since
            FROM unnest($2::text[]) AS w(name)
            FULL JOIN (SELECT name, manifest_id, absent_since FROM tags
                        WHERE repository_id = $1 AND name COLLATE "C" > $4) t ON t.name = w.name
           WHERE $3::bool OR w.name IS NULL OR t.name IS NULL OR t.absent_since IS NOT NULL
           ORDER BY coalesce(w.name, t.name) COLLATE "C" LIMIT $5) c
    LEFT JOIN manifests m ON m.id = c.manifest_id
   ORDER BY c.name COLLATE "C"`;

/** A repository, and those of its tags that are wanted: by name, or by the digest that they have. */
export interface NamedTags extends RepositoryKey {
  names: string[];
  digests: string[];
}

/** The stored picture of what a registry holds; written by `applyChanges`, under the repositories' leases. */
export class CatalogRepository {
  constructor(private readonly database: Database) {}

  /** The id of a repository; null: not known yet. */
  async idOf(registryId: number, fullName: string): Promise<number | null> {
    return (await this.ids([{ registryId, fullName }]))[0] ?? null;
  }

  /**
   * Compares the names of a complete listing with the stored ones, and returns those that a look is about, in byte order:
   * all (deep), or what is only listed, only stored, or was seen absent. Those after a name, and not more than `limit`.
   */
  async compareNames(
    repositoryId: number | null,
    listing: Iterable<string>,
    { deep, after, limit }: { deep: boolean; after: string; limit: number },
  ): Promise<ComparedName[]> {
    const names = [...listing].filter((name) => name > after);
    return this.database.query<ComparedName & Record<string, unknown>>(COMPARED_NAMES, [
      repositoryId,
      names,
      deep,
      after,
      limit,
    ]);
  }

  /** Of many repositories at once, in their order, the tags that are wanted. */
  async loadNamed(wanted: readonly NamedTags[]): Promise<LocalRepository[]> {
    const ids = await this.ids(wanted);
    const found = ids.map((id): LocalRepository => ({ id, tags: [] }));
    const pairs = (pick: (one: NamedTags) => string[]): [number[], number[], string[]] => {
      const all = wanted.flatMap((one, n) => (ids[n] ? pick(one).map((text) => [n, ids[n], text] as const) : []));
      return [all.map(([n]) => n), all.map(([, id]) => id!), all.map(([, , text]) => text)];
    };
    const [names, digests] = [pairs((one) => one.names), pairs((one) => one.digests)];
    if (names[0].length + digests[0].length === 0) return found;
    const rows = await this.database.query<LocalTag & { n: string }>(NAMED_TAGS, [...names, ...digests]);
    for (const { n, ...tag } of rows) found[Number(n)]!.tags.push(tag);
    return found;
  }

  /** What a whole look compares first; null where the repository is not stored. */
  async storedNames(wanted: readonly RepositoryKey[]): Promise<(StoredNames | null)[]> {
    const rows = await this.database.query<StoredNames & { n: string }>(STORED_NAMES, columnsOf(wanted));
    const found = wanted.map((): StoredNames | null => null);
    for (const { n, ...stored } of rows) found[Number(n) - 1] = stored;
    return found;
  }

  private async ids(wanted: readonly RepositoryKey[]): Promise<(number | null)[]> {
    const rows = await this.database.query<{ n: string; id: number }>(
      `SELECT w.n, r.id FROM unnest($1::int[], $2::text[]) WITH ORDINALITY AS w(registry_id, full_name, n)
         JOIN repositories r ON r.registry_id = w.registry_id AND r.full_name = w.full_name`,
      columnsOf(wanted),
    );
    const found = wanted.map((): number | null => null);
    for (const { n, id } of rows) found[Number(n) - 1] = id;
    return found;
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

  /** Digests of all manifests that the repository is known to hold, indexes first, at most `limit`. */
  async manifestsOf(repositoryId: number, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ digest: string }>(
      `SELECT f.digest FROM manifests f WHERE f.repository_id = $1 AND f.gone_at IS NULL
        ORDER BY EXISTS (SELECT FROM manifest_children c WHERE c.parent_id = f.id) DESC, f.digest LIMIT $2`,
      [repositoryId, limit],
    );
    return rows.map((row) => row.digest);
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

function columnsOf(wanted: readonly RepositoryKey[]): [number[], string[]] {
  return [wanted.map((one) => one.registryId), wanted.map((one) => one.fullName)];
}
