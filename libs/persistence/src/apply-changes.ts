import { splitRepositoryName } from '#domain/naming/repository-name.js';
import type { CatalogChange, StoredChange } from './catalog-change.js';
import type { Sql } from './database.js';
import type { RepositoryKey } from './lease.repository.js';
import { announceChanges } from './announce.js';
import { noteImmutable } from './tag-alarms.repository.js';
import { writeManifests } from './write-manifests.js';
import { writeTags } from './write-tags.js';

/**
 * Applies changes of different repositories inside the caller's transaction, which holds their leases. The number of
 * statements does not depend on the number of changes; nothing is written for a repository that is nothing yet.
 *
 * @param adopter name of the team that gets namespaces which have to be made; null: administrators only
 */
export async function applyChanges(
  sql: Sql,
  changes: readonly CatalogChange[],
  adopter: string | null = null,
): Promise<void> {
  const stored = await withRepositories(sql, changes, adopter);
  if (stored.length === 0) return;
  await lockRepositories(sql, stored);
  await writeManifests(sql, stored);
  await noteImmutable(sql, stored);
  await announceChanges(sql, stored);
  await writeTags(sql, stored);
  await settleRepositories(sql, stored);
}

/** In the order of their ids, as whoever removes a namespace locks them: otherwise two would wait in a circle. */
async function lockRepositories(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  if (changes.length < 2 || !changes.some(writesBeforeSettling)) return;
  await sql.query('SELECT 1 FROM repositories WHERE id = ANY($1::int[]) ORDER BY id FOR NO KEY UPDATE', [
    changes.map((one) => one.repositoryId),
  ]);
}

/** Whether anything is written that refers to the repository, before its own row is. */
const writesBeforeSettling = ({ plan, manifests, gone }: StoredChange): boolean =>
  plan.set.length + plan.remove.length + plan.missing.length + plan.seen.length + manifests.length + gone.length > 0;

/** Those changes that have, or now get, a row for their repository. */
async function withRepositories(
  sql: Sql,
  changes: readonly CatalogChange[],
  adopter: string | null,
): Promise<StoredChange[]> {
  const known = changes.filter((one): one is StoredChange => one.repositoryId !== null);
  const appearing = changes.filter(
    (one) => one.repositoryId === null && one.plan.set.length + one.manifests.length > 0,
  );
  if (appearing.length === 0) return known;
  const ids = await makeRepositories(sql, appearing, adopter);
  return [...known, ...appearing.map((one, i) => ({ ...one, repositoryId: ids[i]! }))];
}

/** Ids of repositories, in their order; those that are new get a row, and a namespace where they have none. */
async function makeRepositories(sql: Sql, keys: readonly RepositoryKey[], adopter: string | null): Promise<number[]> {
  const parts = keys.map((key) => ({ ...key, ...splitRepositoryName(key.fullName) }));
  const columns = {
    registries: parts.map((one) => one.registryId),
    fullNames: parts.map((one) => one.fullName),
    namespaces: parts.map((one) => one.namespace ?? ''),
    names: parts.map((one) => one.name),
  };
  const made = new Map<string, number>();
  const insert = async (): Promise<void> => {
    for (const row of await insertRepositories(sql, columns)) made.set(`${row.registryId} ${row.fullName}`, row.id);
  };
  await insert();
  if (made.size < keys.length) {
    await ensureNamespaces(sql, columns.registries, columns.namespaces, adopter);
    await insert();
  }
  return keys.map(({ registryId, fullName }) => {
    const id = made.get(`${registryId} ${fullName}`);
    if (id === undefined) throw new Error(`${fullName} has no row, and no namespace to be in`);
    return id;
  });
}

async function insertRepositories(
  sql: Sql,
  columns: { registries: number[]; fullNames: string[]; namespaces: string[]; names: string[] },
): Promise<(RepositoryKey & { id: number })[]> {
  // Nobody else makes a row for a repository whose lease is ours: a conflict is with the first of two attempts.
  return sql.query<RepositoryKey & { id: number } & Record<string, unknown>>(
    `INSERT INTO repositories (registry_id, namespace_id, full_name, name)
     SELECT w.registry_id, n.id, w.full_name, w.name
       FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]) AS w(registry_id, full_name, namespace, name)
       JOIN namespaces n ON n.registry_id = w.registry_id AND n.name = w.namespace
     ON CONFLICT (registry_id, full_name) DO NOTHING
     RETURNING id, registry_id AS "registryId", full_name AS "fullName"`,
    [columns.registries, columns.fullNames, columns.namespaces, columns.names],
  );
}

/**
 * An image is never invisible for want of a namespace: an unknown one is made, private, in the hands of the adopting team,
 * or of administrators where there is no such team.
 */
async function ensureNamespaces(
  sql: Sql,
  registries: readonly number[],
  names: readonly string[],
  adopter: string | null,
): Promise<void> {
  await sql.query(
    `INSERT INTO namespaces (registry_id, name, kind, visibility, team_id)
     SELECT DISTINCT w.registry_id, w.name, 'team', 'private',
            coalesce((SELECT t.id FROM teams t WHERE t.name = $3 AND NOT t.hidden), g.team_id)
       FROM unnest($1::int[], $2::text[]) AS w(registry_id, name)
       JOIN namespaces g ON g.registry_id = w.registry_id AND g.kind = 'global'
      WHERE NOT EXISTS (SELECT FROM namespaces n WHERE n.registry_id = w.registry_id AND n.name = w.name)
      ORDER BY w.registry_id, w.name
     ON CONFLICT (registry_id, name) DO NOTHING`,
    [registries, names, adopter],
  );
}

/** Keeps the stored counts true and notes what was proved. A repository without tags is hidden, its row stays. */
async function settleRepositories(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  const column = <T>(pick: (change: StoredChange) => T): T[] => changes.map(pick);
  await sql.query(
    `UPDATE repositories r
        SET tags_count = c.n,
            removed_at = CASE WHEN c.n > 0 OR c.sets THEN NULL WHEN c.removes THEN coalesce(removed_at, now()) ELSE removed_at END,
            absent_since = CASE WHEN c.sets THEN NULL ELSE absent_since END,
            names_equal_at = coalesce(c.names, names_equal_at),
            digests_equal_at = coalesce(c.digests, digests_equal_at),
            updated_at = CASE WHEN c.sets OR c.removes THEN now() ELSE updated_at END
       FROM (SELECT w.*, CASE WHEN w.counted THEN (SELECT count(*) FROM tags t WHERE t.repository_id = w.id)
                              ELSE p.tags_count END AS n
               FROM unnest($1::int[], $2::timestamptz[], $3::timestamptz[], $4::bool[], $5::bool[], $6::bool[])
                      AS w(id, names, digests, sets, removes, counted)
               JOIN repositories p ON p.id = w.id ORDER BY p.id FOR NO KEY UPDATE OF p) c
      WHERE r.id = c.id`,
    [
      column((one) => one.repositoryId),
      column((one) => one.proves.names),
      column((one) => one.proves.digests),
      column(({ plan }) => plan.set.length > 0),
      column(({ plan }) => plan.remove.length > 0),
      column(({ plan }) => plan.remove.length > 0 || plan.set.some((tag) => tag.change === 'new')),
    ],
  );
}
